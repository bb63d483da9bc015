using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>What failures are counted for, as the keys of its row.</summary>
internal sealed record FailureSubject(string Partition, string Row);

/// <summary>
/// Failures that lock: of sign-ins, one row for each telephone number and address together (numbers nobody has count alike);
/// of payment passwords, one for each account.
/// </summary>
internal sealed class FailureTable(Storage storage, Secrets secrets, MachineClock clock)
{
    public const string TableName = "signinfailures";

    private readonly TableClient table = storage.Table(TableName);

    /// <summary>Signing in with a number from an address.</summary>
    public FailureSubject SignIn(PhoneNumber phone, Caller caller) => new(Number(phone), secrets.Lookup("sign-in-address", $"{caller.Address}"));

    /// <summary>Confirming by password.</summary>
    public FailureSubject Confirming(AccountId account) => new(secrets.Lookup("confirm-failures", account.Value), "failures");

    public async Task<SignInFailures> ReadAsync(FailureSubject subject, CancellationToken cancellationToken) => Failures(await FindAsync(subject, cancellationToken));

    /// <summary>Counts one more failure; failures at the same moment all count.</summary>
    public async Task AddAsync(FailureSubject subject, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await FindAsync(subject, cancellationToken);
            var failures = Failures(row).Fail(clock.GetUtcNow());
            var written = new TableEntity(subject.Partition, subject.Row) { ["Count"] = failures.Count, ["Since"] = failures.Since, ["LockedUntil"] = failures.LockedUntil };
            try
            {
                await (row is null
                    ? table.AddEntityAsync(written, cancellationToken)
                    : table.UpdateEntityAsync(written, row.ETag, TableUpdateMode.Replace, cancellationToken));
                return;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                // Another failure (or a success, which deletes the row) came between: count on what it left.
            }
        }
    }

    /// <summary>Forgets them, after a success.</summary>
    public Task ClearAsync(FailureSubject subject, CancellationToken cancellationToken) => table.DeleteEntityAsync(subject.Partition, subject.Row, ETag.All, cancellationToken);

    /// <summary>Forgets all that lock an account, from whatever address they came.</summary>
    public async Task ClearAsync(AccountId account, PhoneNumber phone, CancellationToken cancellationToken)
    {
        await ClearAsync(Confirming(account), cancellationToken);
        var partition = Number(phone);
        await foreach (var row in table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: cancellationToken))
        {
            await table.DeleteEntityAsync(partition, row.RowKey, ETag.All, cancellationToken);
        }
    }

    private string Number(PhoneNumber phone) => secrets.Lookup("sign-in-failures", phone.Value);

    private static SignInFailures Failures(TableEntity? row) => row is null
        ? SignInFailures.None
        : new SignInFailures(row.GetInt32("Count") ?? 0, row.GetDateTimeOffset("Since") ?? DateTimeOffset.UnixEpoch, row.GetDateTimeOffset("LockedUntil"));

    private async Task<TableEntity?> FindAsync(FailureSubject subject, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(subject.Partition, subject.Row, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }
}
