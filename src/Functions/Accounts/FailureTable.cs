using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>Failed sign-ins, one row for each telephone number and address together; numbers nobody has count alike.</summary>
internal sealed class FailureTable(Storage storage, Secrets secrets, MachineClock clock)
{
    public const string TableName = "signinfailures";

    private const string Row = "failures";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<SignInFailures> ReadAsync(PhoneNumber phone, Caller caller, CancellationToken cancellationToken) =>
        Failures(await FindAsync(Key(phone, caller), cancellationToken));

    /// <summary>Counts one more failure; failures at the same moment all count.</summary>
    public async Task AddAsync(PhoneNumber phone, Caller caller, CancellationToken cancellationToken)
    {
        var key = Key(phone, caller);
        while (true)
        {
            var row = await FindAsync(key, cancellationToken);
            var failures = Failures(row).Fail(clock.GetUtcNow());
            var written = new TableEntity(key, Row) { ["Count"] = failures.Count, ["Since"] = failures.Since, ["LockedUntil"] = failures.LockedUntil };
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
    public Task ClearAsync(PhoneNumber phone, Caller caller, CancellationToken cancellationToken) =>
        table.DeleteEntityAsync(Key(phone, caller), Row, ETag.All, cancellationToken);

    private string Key(PhoneNumber phone, Caller caller) => secrets.Lookup("sign-in-failures", $"{phone.Value}|{caller.Address}");

    private static SignInFailures Failures(TableEntity? row) => row is null
        ? SignInFailures.None
        : new SignInFailures(row.GetInt32("Count") ?? 0, row.GetDateTimeOffset("Since") ?? DateTimeOffset.UnixEpoch, row.GetDateTimeOffset("LockedUntil"));

    private async Task<TableEntity?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(key, Row, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }
}
