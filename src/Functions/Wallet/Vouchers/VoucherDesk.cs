using Microsoft.Extensions.Configuration;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Vouchers;
using WalletFunctions.Platform;
using WalletFunctions.Wallet.History;

namespace WalletFunctions.Wallet.Vouchers;

/// <summary>A voucher with its signature.</summary>
/// <param name="Signed">The compact form.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="KindWords">What its kind is called.</param>
internal sealed record IssuedVoucher(Voucher Voucher, string Signed, string KeyId, Text KindWords);

/// <summary>Testifies to transactions.</summary>
/// <param name="clock">The business clock: a voucher is not issued before its transaction.</param>
public sealed class VoucherDesk(BookHistory history, TransactionViews views, RecentAccounts accounts, SigningKeys keys, IConfiguration configuration, TimeProvider clock)
{
    private readonly string issuer = configuration["Vouchers:Issuer"] is { Length: > 0 } named ? named : "wallet-functions";

    /// <summary>A voucher of one of the caller's transactions, once that has come to its end.</summary>
    internal async Task<Result<IssuedVoucher>> IssueAsync(Caller caller, string transactionId, CancellationToken cancellation)
    {
        var wallet = caller.Wallet;
        if (await views.FindAsync(wallet, transactionId, cancellation) is not { } row)
        {
            return PlatformErrors.NotFound;
        }

        var entry = await CheckedAsync(row, cancellation);
        var view = await views.OfAsync(row.PartitionKey, entry, cancellation);
        if (view.Status is not ("completed" or "returned" or "reversed"))
        {
            return VoucherErrors.NotAvailable;
        }

        var owner = VoucherParty.Of((await accounts.FindAsync(caller.Account, cancellation))?.MaskedName, wallet);
        var other = VoucherParty.Of(entry.Party?.Name, entry.Party?.Wallet);
        var kind = TransactionKinds.Of(entry.Kind);
        var voucher = new Voucher(
            Voucher.CurrentVersion,
            view.TransactionId,
            view.Kind,
            view.Direction,
            view.Status,
            view.Amount,
            view.Fee,
            Payer: kind.IsIn ? other : owner,
            Payee: kind.IsIn ? owner : other,
            entry.At,
            entry.Number,
            Convert.ToHexStringLower(row.Hash),
            issuer,
            clock.GetUtcNow())
        {
            ReversedBy = view.ReversedBy,
            Refunds = view.Refunds,
        };
        var key = await keys.Vouchers.CurrentAsync(cancellation);
        return new IssuedVoucher(voucher, key.Sign(Voucher.SignedType, voucher.Write()), key.Public.Kid, kind.Words);
    }

    /// <summary>Nothing is signed that does not fit into the book's hash chain.</summary>
    /// <exception cref="InvalidDataException">The entry, or the one before, was changed in the storage.</exception>
    private async Task<Entry> CheckedAsync(EntryRow row, CancellationToken cancellation)
    {
        var number = BookKeys.EntryNumber(row.RowKey);
        var previous = number == 1 ? [] : (await history.EntryAsync(row.PartitionKey, number - 1, cancellation)).Hash;
        var entry = row.ToDomain(previous);
        return entry.Hash().AsSpan().SequenceEqual(row.Hash)
            ? entry
            : throw new InvalidDataException($"Entry {number} of book {row.PartitionKey} does not fit its hash; no voucher is issued.");
    }
}
