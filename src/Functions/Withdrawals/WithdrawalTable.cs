using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Withdrawals;

/// <summary>A withdrawal with the ETag it was read with.</summary>
internal sealed record StoredWithdrawal(Withdrawal Withdrawal, ETag ETag);

/// <summary>The withdrawals' rows. They stand in their wallet's book; what moves money goes through the ledger with <see cref="Replacing"/>.</summary>
internal sealed class WithdrawalTable(Storage storage)
{
    /// <summary>Of its row keys.</summary>
    public const string Prefix = "w|";

    /// <summary>The one after <see cref="Prefix"/>'s last character.</summary>
    private const string AfterPrefix = "w}";

    private readonly TableClient table = storage.Table(Ledger.TableName);

    /// <summary>Newest first.</summary>
    public static string RowKey(WithdrawalId id) => Prefix + BookKeys.NewestFirst(id.Value[WithdrawalId.Prefix.Length..]);

    /// <summary>The row of a new withdrawal, for the transaction that sets its money aside.</summary>
    public static Companion Adding(Withdrawal withdrawal) => Companion.Add(WithdrawalRow.From(withdrawal));

    /// <summary>The row after a money step, for that step's transaction.</summary>
    public static Companion Replacing(Withdrawal withdrawal, ETag etag) => Companion.Replace(WithdrawalRow.From(withdrawal), etag);

    public async Task<StoredWithdrawal?> FindAsync(WalletId wallet, WithdrawalId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<WithdrawalRow>(BookKeys.Partition(wallet), RowKey(id), cancellationToken: cancellationToken);
        return found.HasValue ? new StoredWithdrawal(found.Value!.ToDomain(), found.Value.ETag) : null;
    }

    /// <exception cref="InvalidOperationException">There is none: whoever asks was given its id by its own row.</exception>
    public async Task<StoredWithdrawal> GetAsync(WalletId wallet, WithdrawalId id, CancellationToken cancellationToken) =>
        await FindAsync(wallet, id, cancellationToken) ?? throw new InvalidOperationException($"Withdrawal {id} has no row.");

    /// <summary>Stores a change that moves no money; null when the row has changed since it was read.</summary>
    public async Task<StoredWithdrawal?> ReplaceAsync(Withdrawal withdrawal, ETag etag, CancellationToken cancellationToken)
    {
        var row = WithdrawalRow.From(withdrawal);
        row.PartitionKey = BookKeys.Partition(withdrawal.WalletId);
        return await table.TryReplaceAsync(row, etag, cancellationToken) is { } now ? new StoredWithdrawal(withdrawal, now) : null;
    }

    /// <summary>A wallet's withdrawals that the bank has, or is to have, and whose money is held.</summary>
    public async IAsyncEnumerable<Withdrawal> OpenAsync(WalletId wallet, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (reserved, submitted) = (WithdrawalStatus.Reserved.Name(), WithdrawalStatus.Submitted.Name());
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {BookKeys.Partition(wallet)} and RowKey gt {Prefix} and RowKey lt {AfterPrefix} and (s eq {reserved} or s eq {submitted})");
        await foreach (var row in table.QueryAsync<WithdrawalRow>(filter, cancellationToken: cancellationToken))
        {
            yield return row.ToDomain();
        }
    }

    /// <summary>A wallet's withdrawals, newest first, with where the next page starts.</summary>
    public Task<(IReadOnlyList<Withdrawal> Items, string? Continuation)> ListAsync(WalletId wallet, Page page, CancellationToken cancellationToken) =>
        table.PageAsync<WithdrawalRow, Withdrawal>(
            TableClient.CreateQueryFilter($"PartitionKey eq {BookKeys.Partition(wallet)} and RowKey gt {page.Cursor ?? Prefix} and RowKey lt {AfterPrefix}"),
            page, row => row.ToDomain(), withdrawal => RowKey(withdrawal.Id), cancellationToken);
}
