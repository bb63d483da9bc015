using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Codes;

/// <summary>A challenge that is wanted.</summary>
/// <param name="Address">Where the code goes.</param>
/// <param name="Language">Of the message.</param>
internal sealed record ChallengeOrder(ChallengePurpose Purpose, CodeAddress Address, Language Language)
{
    /// <summary>Whose it is, where somebody known is asked.</summary>
    public AccountId? Account { get; init; }

    /// <summary>The one request it is good for; see <see cref="Challenges.Binding"/>. Null: any of the purpose.</summary>
    public string? Binding { get; init; }

    /// <summary>What exactly is confirmed, for the message.</summary>
    public Text? About { get; init; }

    /// <summary>False: no code goes out, and none that is typed will be right. The challenge looks the same.</summary>
    public bool SendCode { get; init; } = true;
}

/// <summary>A challenge as whoever asked for it may see it.</summary>
internal sealed record IssuedChallenge(ChallengeId ChallengeId, DateTimeOffset ExpiresAt, bool HasCode);

/// <summary>
/// Challenges that one-time codes and signatures answer. A code is stored as a keyed hash, lives 5 minutes of machine time,
/// may be tried 5 times, and is used once. Features name what they use one for; the same use again is answered the same.
/// </summary>
public sealed class Challenges
{
    /// <summary>A bound request that asks again so soon is given the challenge it has, and no second message.</summary>
    private static readonly TimeSpan AskedJustNow = TimeSpan.FromSeconds(30);

    private readonly ChallengeTable table;
    private readonly CodePost post;
    private readonly Secrets secrets;
    private readonly MachineClock clock;

    internal Challenges(ChallengeTable table, CodePost post, Secrets secrets, MachineClock clock) =>
        (this.table, this.post, this.secrets, this.clock) = (table, post, secrets, clock);

    /// <summary>Names one request of one account, so that a proof given for it is worth nothing for another.</summary>
    internal string Binding(AccountId account, string route, string fingerprint) => secrets.Lookup("challenge-binding", $"{account}\n{route}\n{fingerprint}");

    /// <summary>Makes a challenge and sends its code. If that fails, the challenge stands without a code: another proof may answer it.</summary>
    internal async Task<IssuedChallenge> IssueAsync(ChallengeOrder order, CancellationToken cancellationToken)
    {
        while (true)
        {
            var newest = order.Binding is { } binding ? await table.NewestAsync(binding, cancellationToken) : null;
            if (newest is { } known && await table.FindAsync(known.Id, cancellationToken) is { } asked
                && asked.ToCode().IsOpen(clock.GetUtcNow()) && clock.GetUtcNow() - asked.CreatedAt < AskedJustNow)
            {
                return Issued(asked);
            }

            var (row, code) = Make(order);
            await table.AddAsync(row, cancellationToken);
            if (order.Binding is not null && !await table.NameAsync(order.Binding, row.ToId(), newest?.ETag, cancellationToken))
            {
                continue; // the same request asked twice at once: both get the one that was named
            }

            return order.SendCode && !await SendAsync(row.ToId(), order, code, cancellationToken) ? Issued(row) with { HasCode = false } : Issued(row);
        }
    }

    /// <summary>Uses a challenge up with its code.</summary>
    /// <param name="by">What it is used for, such as an idempotency key: the same again is right again, anything else is too late.</param>
    /// <returns>Null if the code is right; <c>otp_wrong</c>, <c>otp_expired</c> or <c>otp_exhausted</c>.</returns>
    internal Task<DomainError?> UseAsync(ChallengeId id, string otp, ChallengePurpose purpose, CodeAddress address, string by, CancellationToken cancellationToken) =>
        UseAsync(id, row => row.Purpose == purpose.ToString() && row.Address == HashOf(address), row => Matches(row, otp), by, cancellationToken);

    /// <summary>Uses a challenge up for one request of somebody who is signed in, with its code or another proof.</summary>
    /// <param name="binding">The request; a challenge that is bound to none is good for it as well.</param>
    /// <param name="isProven">Whether the proof is right; runs on each look at the challenge.</param>
    internal Task<DomainError?> ConfirmAsync(ChallengeId id, AccountId account, string binding, Func<ChallengeRow, bool> isProven, string by, CancellationToken cancellationToken) =>
        UseAsync(
            id,
            row => row.Purpose == nameof(ChallengePurpose.Confirm) && row.Account == account.Value && (row.Binding is null || row.Binding == binding),
            isProven,
            by,
            cancellationToken);

    /// <summary>The newest challenge of a request; null where none was asked for.</summary>
    internal async Task<ChallengeId?> NewestAsync(string binding, CancellationToken cancellationToken) => (await table.NewestAsync(binding, cancellationToken))?.Id;

    /// <summary>Whether a code typed is the one that was sent. Takes the same time wherever they differ.</summary>
    internal bool Matches(ChallengeRow row, string otp) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(row.CodeHash), Encoding.ASCII.GetBytes(HashOf(row.ToId(), otp)));

    private async Task<bool> SendAsync(ChallengeId id, ChallengeOrder order, string code, CancellationToken cancellationToken)
    {
        try
        {
            await post.SendAsync(id, order, code, cancellationToken);
            return true;
        }
        catch (CodeNotSentException)
        {
            if (await table.FindAsync(id, cancellationToken) is { } row)
            {
                row.HasCode = false;
                await table.ReplaceAsync(row, cancellationToken);
            }

            return false;
        }
    }

    private static IssuedChallenge Issued(ChallengeRow row) => new(row.ToId(), row.ExpiresAt, row.HasCode);

    private async Task<DomainError?> UseAsync(ChallengeId id, Func<ChallengeRow, bool> isMeant, Func<ChallengeRow, bool> isProven, string by, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Somebody else's challenge, or one of another purpose, is told no more of than one that never was.
            if (await table.FindAsync(id, cancellationToken) is not { } row || !isMeant(row))
            {
                return ConfirmationErrors.OtpWrong;
            }

            var code = row.ToCode();
            var verdict = code.Judge(isProven(row), by, clock.GetUtcNow());
            if (verdict is CodeVerdict.Expired or CodeVerdict.Exhausted || code.UsedBy is not null)
            {
                return verdict.Refusal();
            }

            // The try is stored before it is answered, and only on what was looked at: tries at the same moment all count.
            row.Take(verdict == CodeVerdict.Right ? code.Use(by) : code.Fail());
            if (await table.ReplaceAsync(row, cancellationToken))
            {
                return verdict.Refusal();
            }
        }
    }

    private (ChallengeRow Row, string Code) Make(ChallengeOrder order)
    {
        var now = clock.GetUtcNow();
        var id = Id.New<ChallengeId>(now, RandomNumberGenerator.GetBytes(Id.RandomBytes));
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(OneTimeCode.Digits, '0');
        var row = new ChallengeRow
        {
            PartitionKey = id.Value,
            Purpose = order.Purpose.ToString(),
            Address = HashOf(order.Address),
            Account = order.Account?.Value,
            Binding = order.Binding,
            CodeHash = HashOf(id, order.SendCode ? code : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))),
            HasCode = order.SendCode,
            CreatedAt = now,
        };
        row.Take(OneTimeCode.SentAt(now));
        return (row, code);
    }

    private string HashOf(CodeAddress address) => secrets.Lookup("challenge-address", address.Canonical);

    private string HashOf(ChallengeId id, string code) => secrets.Lookup("one-time-codes", $"{id}|{code}");
}
