using Azure;
using Azure.Data.Tables;

namespace WalletFunctions.Platform;

/// <summary>One request's claim on a key.</summary>
/// <param name="Partition">Hash of the caller: starts well spread.</param>
/// <param name="Row">Hash of caller, route and key.</param>
/// <param name="Fingerprint">Of the body.</param>
/// <param name="Owner">This very run; tells our own write from another's after an answer was lost.</param>
internal sealed record IdempotencyClaim(string Partition, string Row, string Fingerprint, string Owner);

/// <summary>What stands under a key.</summary>
/// <param name="Answer">Null while the request is still running.</param>
/// <param name="At">When the row was last written.</param>
internal sealed record IdempotencyRecord(StoredAnswer? Answer, DateTimeOffset? At);

internal abstract record ClaimOutcome
{
    private ClaimOutcome()
    {
    }

    public sealed record Ours : ClaimOutcome;

    public sealed record Done(StoredAnswer Answer) : ClaimOutcome;

    public sealed record InFlight : ClaimOutcome;

    public sealed record OtherBody : ClaimOutcome;
}

/// <summary>
/// The rows behind <see cref="Idempotency"/>: first a claim with a lease, then the answer. Answers are sealed: some show a secret, once, and
/// whoever reads the table must not be shown it a second time.
/// </summary>
internal sealed class IdempotencyTable(Storage storage, Secrets secrets)
{
    internal const string TableName = "idempotency";

    private const string Fingerprint = "Fingerprint";
    private const string Owner = "Owner";
    private const string LeaseUntil = "LeaseUntil";
    private const string Status = "Status";
    private const string Location = "Location";
    private const string Body = "Body";
    private const string Sealed = "Sealed";

    private readonly TableClient table = storage.Table(TableName);

    public async Task<ClaimOutcome> ClaimAsync(IdempotencyClaim claim, DateTimeOffset now, TimeSpan lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            var row = await FindAsync(claim, cancellationToken);
            if (row is not null)
            {
                if (row.GetString(Fingerprint) != claim.Fingerprint)
                {
                    return new ClaimOutcome.OtherBody();
                }

                if (AnswerIn(row) is { } answer)
                {
                    return new ClaimOutcome.Done(answer);
                }

                if (row.GetString(Owner) == claim.Owner)
                {
                    return new ClaimOutcome.Ours();
                }

                if (row.GetDateTimeOffset(LeaseUntil) > now)
                {
                    return new ClaimOutcome.InFlight();
                }
            }

            try
            {
                var claimed = Claimed(claim, now + lease);
                await (row is null
                    ? table.AddEntityAsync(claimed, cancellationToken)
                    : table.UpdateEntityAsync(claimed, row.ETag, TableUpdateMode.Replace, cancellationToken));
                return new ClaimOutcome.Ours();
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                // Another run was first, or our own write was repeated after its answer was lost: the row will tell.
            }
        }
    }

    /// <summary>Keeps the answer; if another run, which took over an expired lease, kept one first, gives that one.</summary>
    public async Task<StoredAnswer?> KeepAsync(IdempotencyClaim claim, StoredAnswer answer)
    {
        while (true)
        {
            var row = await FindAsync(claim, CancellationToken.None);
            if (row is not null && AnswerIn(row) is { } kept)
            {
                return row.GetString(Owner) == claim.Owner ? null : kept;
            }

            var done = Claimed(claim, DateTimeOffset.UnixEpoch);
            done[Status] = answer.Status;
            done[Location] = answer.Location;
            LongText.Write(done, Sealed, SealedText.Seal(secrets.Key("idempotent-answers"), claim.Row, answer.Body));

            try
            {
                await (row is null
                    ? table.AddEntityAsync(done)
                    : table.UpdateEntityAsync(done, row.ETag, TableUpdateMode.Replace));
                return null;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
            {
                // As in ClaimAsync.
            }
        }
    }

    /// <summary>Ends the lease at once, keeping the body bound to the key.</summary>
    public Task ReleaseAsync(IdempotencyClaim claim) =>
        IfStillOursAsync(claim, row => table.UpdateEntityAsync(Claimed(claim, DateTimeOffset.UnixEpoch), row.ETag, TableUpdateMode.Replace));

    /// <summary>Frees the key.</summary>
    public Task ForgetAsync(IdempotencyClaim claim) =>
        IfStillOursAsync(claim, row => table.DeleteEntityAsync(claim.Partition, claim.Row, row.ETag));

    private async Task IfStillOursAsync(IdempotencyClaim claim, Func<TableEntity, Task> act)
    {
        try
        {
            if (await FindAsync(claim, CancellationToken.None) is { } row && row.GetString(Owner) == claim.Owner && AnswerIn(row) is null)
            {
                await act(row);
            }
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            // The lease runs out by itself; the fault that brought us here is what the caller must see.
        }
    }

    public async Task<IdempotencyRecord?> FindAsync(string partition, string row, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } kept } ? new IdempotencyRecord(AnswerIn(kept), kept.Timestamp) : null;
    }

    private async Task<TableEntity?> FindAsync(IdempotencyClaim claim, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(claim.Partition, claim.Row, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    private static TableEntity Claimed(IdempotencyClaim claim, DateTimeOffset leaseUntil) => new(claim.Partition, claim.Row)
    {
        [Fingerprint] = claim.Fingerprint,
        [Owner] = claim.Owner,
        [LeaseUntil] = leaseUntil,
    };

    private StoredAnswer? AnswerIn(TableEntity row) => row.GetInt32(Status) is { } status
        ? new StoredAnswer(status, BodyIn(row), row.GetString(Location))
        : null;

    /// <summary>Those kept by earlier versions are not sealed.</summary>
    private string BodyIn(TableEntity row) => LongText.Read(row, Sealed) is { Length: > 0 } text ? SealedText.Open(secrets.Key("idempotent-answers"), row.RowKey, text) : LongText.Read(row, Body);
}
