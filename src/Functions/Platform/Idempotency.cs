using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>What a repeatable operation may know of its request.</summary>
/// <param name="Key">The client's key.</param>
/// <param name="Seed">32 bytes that belong to caller, route and key: ids made from it (<see cref="Id.From{T}"/>) are the same when a
/// request is run again after a crash, so nothing is doubled.</param>
internal sealed record IdempotentOperation(IdempotencyKey Key, byte[] Seed);

/// <summary>
/// Runs the (K) routes that move no money. (Money routes keep their answer in the book, in the same transaction.) The first
/// final answer is kept for at least 30 days and replayed byte for byte; anything else leaves the key free.
/// </summary>
public sealed class Idempotency(Storage storage, Secrets secrets, MachineClock clock)
{
    /// <summary>After this long without an answer the runner counts as dead, and a repeat may run again.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly IdempotencyTable table = new(storage, secrets);

    /// <param name="route">The route's name in the scope, without ids that the caller chooses: <c>POST /v1/me/bank-cards</c>.</param>
    /// <param name="form">The validated body.</param>
    /// <param name="work">Must do nothing twice when run again with the same seed.</param>
    /// <param name="anonymousScope">Where nobody is signed in: the challenge or contact that stands for the caller.</param>
    internal async Task<IResult> RunAsync(
        HttpRequest request,
        string route,
        JsonForm form,
        Func<IdempotentOperation, Task<StoredAnswer>> work,
        CancellationToken cancellationToken,
        string? anonymousScope = null)
    {
        var key = IdempotencyKey.Read(request);
        if (!key.IsOk)
        {
            return Answers.Problem(request, key.Error);
        }

        var caller = request.Caller();
        var scope = caller.AccountId?.Value ?? "anonymous:" + (anonymousScope ?? throw new InvalidOperationException("A route without sign-in needs a scope for its keys."));
        var seed = SeedOf(scope, route, key.Value.Value);
        var claim = new IdempotencyClaim(
            Partition: PartitionOf(scope),
            Row: Convert.ToHexStringLower(seed),
            Fingerprint: form.Fingerprint(secrets.Key("fingerprints")),
            Owner: Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)));

        switch (await table.ClaimAsync(claim, clock.GetUtcNow(), Lease, cancellationToken))
        {
            case ClaimOutcome.Done done:
                return Answers.Stored(done.Answer);
            case ClaimOutcome.OtherBody:
                return Answers.Problem(request, PlatformErrors.IdempotencyKeyReused);
            case ClaimOutcome.InFlight:
                return Answers.Problem(request, PlatformErrors.IdempotencyKeyInFlight);
            case ClaimOutcome.Ours:
                return await RunClaimedAsync(claim, () => work(new IdempotentOperation(key.Value, seed)));
            default:
                throw new InvalidOperationException("Unknown outcome of a claim.");
        }
    }

    /// <summary>What became of a key of somebody who is signed in.</summary>
    /// <returns>Null when there is nothing under it; without an answer while its request is still running.</returns>
    internal Task<IdempotencyRecord?> FindAsync(AccountId caller, string route, string key, CancellationToken cancellationToken) =>
        table.FindAsync(PartitionOf(caller.Value), Convert.ToHexStringLower(SeedOf(caller.Value, route, key)), cancellationToken);

    private string PartitionOf(string scope) => secrets.Lookup("idempotency-scope", scope);

    private byte[] SeedOf(string scope, string route, string key) =>
        HMACSHA256.HashData(secrets.Key("idempotency"), Encoding.UTF8.GetBytes($"{scope}\n{route}\n{key}"));

    private async Task<IResult> RunClaimedAsync(IdempotencyClaim claim, Func<Task<StoredAnswer>> work)
    {
        StoredAnswer answer;
        try
        {
            answer = await work();
        }
        catch
        {
            // The work may have got half way: the body stays bound to the key, and a repeat may run at once.
            await table.ReleaseAsync(claim);
            throw;
        }

        if (!ErrorStatus.IsFinal(answer.Status) || answer.RetryAfter is not null)
        {
            await table.ForgetAsync(claim);
            return Answers.Fresh(answer);
        }

        // Not cancellable: the work is done, and its answer must not be lost because the client left.
        return await table.KeepAsync(claim, answer) is { } earlier ? Answers.Stored(earlier) : Answers.Fresh(answer);
    }
}
