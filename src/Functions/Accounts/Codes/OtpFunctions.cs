using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Codes;

/// <summary>/v1/otp: one-time codes.</summary>
public sealed class OtpFunctions
{
    private const int LongestAddress = 254; // RFC 5321, 4.5.3.1.3, without the brackets

    private readonly Challenges challenges;
    private readonly AccountDirectory accounts;
    private readonly RateLimits limits;
    private readonly RateLimit perAddress;

    /// <summary>Resends: 5 codes for one contact and purpose in 10 minutes.</summary>
    private static readonly RateLimit PerContact = new("otp", 5, TimeSpan.FromMinutes(10));

    public OtpFunctions(Challenges challenges, AccountDirectory accounts, RateLimits limits, SandboxOptions sandbox)
    {
        (this.challenges, this.accounts, this.limits) = (challenges, accounts, limits);

        // In the sandbox everybody shares the loopback address.
        perAddress = new("otp-address", sandbox.Enabled ? 6_000 : 100, TimeSpan.FromMinutes(10));
    }

    [Function("SendOneTimeCode")]
    [Access(Role.Anonymous)]
    [Operation("Send a one-time code; the answer is the same whether or not anybody has the number or address", Request = typeof(SendCode), Response = typeof(ChallengeAnswer), Status = 202,
        Codes = ["too_many_requests"])]
    public async Task<IResult> Send([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/otp")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var address = Ask(form);
        var purpose = form.Enum<ChallengePurpose>("purpose");
        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var caller = request.Caller();
        var tooMany = await limits.RefuseAsync(request, $"{caller.Address}", cancellationToken, perAddress)
            ?? await limits.RefuseAsync(request, $"{purpose}|{address!.Canonical}", cancellationToken, PerContact);
        if (tooMany is not null)
        {
            return Answers.Problem(request, tooMany);
        }

        var order = await OrderAsync(caller, purpose, address!, cancellationToken);
        var issued = await challenges.IssueAsync(order, cancellationToken);
        if (order.SendCode && !issued.HasCode)
        {
            return Answers.Problem(request, PlatformErrors.ServiceUnavailable);
        }

        return Answers.Accepted(new ChallengeAnswer(issued.ChallengeId, issued.ExpiresAt));
    }

    private static CodeAddress? Ask(JsonForm form)
    {
        var (phone, email) = (form.OptionalPhone("phone"), form.OptionalString("email", LongestAddress));
        if (phone is null == email is null)
        {
            form.Fail(FieldErrors.Invalid("phone", new("须且仅须提供 phone 或 email 之一。", "exactly one of phone and email must be given.")));
            return null;
        }

        if (email is not null && ContactKey.Email(email) is null)
        {
            form.Fail(FieldErrors.Invalid("email", new("须为电子邮箱地址。", "it must be an e-mail address.")));
        }

        return email is not null ? CodeAddress.Of(email) : CodeAddress.Of(phone ?? default);
    }

    /// <summary>
    /// Registering is for numbers nobody has; everything else is for somebody's own. Whoever else is asked for gets the same
    /// answer, and nothing is sent.
    /// </summary>
    private async Task<ChallengeOrder> OrderAsync(Caller caller, ChallengePurpose purpose, CodeAddress address, CancellationToken cancellationToken)
    {
        var owner = purpose switch
        {
            ChallengePurpose.Register => null,
            ChallengePurpose.Confirm => caller.AccountId is { } own ? await accounts.FindAsync(own, cancellationToken) : null,
            ChallengePurpose.Login or ChallengePurpose.Reset or ChallengePurpose.Unlock => address.Phone is { } phone
                ? await accounts.FindByPhoneAsync(phone, cancellationToken)
                : await accounts.FindByEmailAsync(address.Email!, cancellationToken),
        };
        var isOwn = owner is { Status: not AccountStatus.Closed } && address.BelongsTo(owner);
        return new ChallengeOrder(purpose, address, caller.Language)
        {
            Account = isOwn ? owner!.AccountId : null,
            SendCode = isOwn || purpose == ChallengePurpose.Register,
        };
    }

    internal sealed record SendCode(string? Phone, string? Email, ChallengePurpose Purpose);

    internal sealed record ChallengeAnswer(ChallengeId ChallengeId, DateTimeOffset ExpiresAt);
}
