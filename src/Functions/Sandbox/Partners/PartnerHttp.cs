using System.Globalization;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox.Partners;

/// <summary>What the routes of all partners of the sandbox do, for us who give orders and for the developer who plays the partner.</summary>
internal static class PartnerHttp
{
    /// <summary>Longer ids are refused.</summary>
    public const int MaxId = 64;

    private const int MaxReason = 200;
    private const int MaxDelaySeconds = 366 * 24 * 60 * 60;
    private const int MaxMistakes = 200;

    /// <summary>Longer than any client waits.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    /// <summary>Takes a signed order.</summary>
    /// <param name="read">Reads the order from its form and hands it over.</param>
    public static async Task<IResult> TakeAsync(
        HttpRequest request, SandboxPartner partner, Func<JsonForm, PartnerBehaviour, Task<Result<OrderRow>>> read, CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return Answers.Problem(request, body.Error);
        }

        if (!partner.IsSigned(request, body.Value.Span))
        {
            return Answers.Problem(request, PartnerErrors.BadSignature);
        }

        var behaviour = await partner.BehaviourAsync(cancellationToken);
        if (behaviour.Mode == PartnerMode.Down)
        {
            return Answers.Problem(request, partner.Errors.Down);
        }

        var form = JsonForm.Parse(body.Value);
        var taken = form.IsOk ? await read(form.Value, behaviour) : form.Error;
        if (behaviour.Mode == PartnerMode.Timeout)
        {
            await Task.Delay(Hang, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return taken.IsOk ? Answers.Ok(partner.ViewOf(taken.Value)) : Answers.Problem(request, taken.Error);
    }

    /// <summary>Tells how an order stands, to whoever signs the question.</summary>
    public static async Task<IResult> AskAsync(HttpRequest request, SandboxPartner partner, string orderId, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(request, partner, cancellationToken) is { } refusal)
        {
            return Answers.Problem(request, refusal);
        }

        return IsId(orderId) && await partner.FindAsync(orderId, cancellationToken) is { } order
            ? Answers.Ok(partner.ViewOf(order))
            : Answers.Problem(request, partner.Errors.NotFound);
    }

    /// <summary>The file of a day, to whoever signs the question.</summary>
    public static async Task<IResult> FileAsync(HttpRequest request, SandboxPartner partner, string day, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(request, partner, cancellationToken) is { } refusal)
        {
            return Answers.Problem(request, refusal);
        }

        return DayOf(day) is { } known
            ? Answers.Document(await PartnerFiles.WriteAsync(partner, known, cancellationToken), DailyFile.MediaType)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    /// <summary>Plants mistakes in the file of a day; what was planted before goes.</summary>
    public static async Task<IResult> PlantAsync(HttpRequest request, SandboxPartner partner, string day, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var mistakes = new FileMistakes(Ids("missing"), Ids("doubled"), Ids("wrongByAFen"), Ids("wrongDay"));
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        if (DayOf(day) is not { } known)
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        await PartnerFiles.PlantAsync(partner, known, mistakes, cancellationToken);
        return Answers.Ok(mistakes);

        IReadOnlyList<string> Ids(string name) => form.Value.Strings(name, MaxMistakes, MaxId);
    }

    /// <summary>Decides an order now, as the developer says.</summary>
    /// <param name="reason">Reads the reason from the form.</param>
    public static async Task<IResult> CommandAsync(
        HttpRequest request, SandboxPartner partner, string orderId, OrderState wanted, Func<JsonForm, string?> reason, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var why = reason(form.Value);
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        if (!IsId(orderId))
        {
            return Answers.Problem(request, partner.Errors.NotFound);
        }

        var decided = await partner.CommandAsync(orderId, wanted, why, cancellationToken);
        return decided.IsOk ? Answers.Ok(partner.ViewOf(decided.Value)) : Answers.Problem(request, decided.Error);
    }

    /// <summary>How the partner behaves.</summary>
    public static async Task<IResult> ReadBehaviourAsync(SandboxPartner partner, CancellationToken cancellationToken) =>
        Answers.Ok(BehaviourView.Of(await partner.BehaviourAsync(cancellationToken), partner));

    /// <summary>Sets how the partner treats orders to come.</summary>
    /// <param name="reason">Reads the reason of mode reject from the form, where this partner has one.</param>
    public static async Task<IResult> SetBehaviourAsync(HttpRequest request, SandboxPartner partner, Func<JsonForm, string?> reason, CancellationToken cancellationToken)
    {
        var form = await JsonForm.ReadAsync(request, cancellationToken);
        if (!form.IsOk)
        {
            return Answers.Problem(request, form.Error);
        }

        var behaviour = PartnerBehaviour.Of(
            form.Value.Enum<PartnerMode>("mode"), form.Value.OptionalInt("afterSeconds", 0, MaxDelaySeconds), partner.UsualSeconds, reason(form.Value));
        if (form.Value.Finish() is { } wrong)
        {
            return Answers.Problem(request, wrong);
        }

        await partner.Table.BehaveAsync(behaviour, cancellationToken);
        return Answers.Ok(BehaviourView.Of(behaviour, partner));
    }

    /// <summary>A reason in the partner's own words.</summary>
    public static string? AnyReason(JsonForm form) => form.OptionalString("reason", MaxReason);

    public static Money AmountOf(OrderRow order) => new(order.Amount, Currency.TryParse(order.Currency, out var currency) ? currency : default);

    /// <summary>Whether a text from outside can be a row's key at all.</summary>
    public static bool IsId(string text) => text.Length is > 0 and <= MaxId && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static async Task<DomainError?> RefusalAsync(HttpRequest request, SandboxPartner partner, CancellationToken cancellationToken)
    {
        if (!partner.IsSigned(request, []))
        {
            return PartnerErrors.BadSignature;
        }

        return (await partner.BehaviourAsync(cancellationToken)).Mode == PartnerMode.Down ? partner.Errors.Down : null;
    }

    private static DateOnly? DayOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 9000 ? day : null;
}

/// <summary>The answer of the behaviour's routes.</summary>
/// <param name="Mode">See <see cref="PartnerMode"/>.</param>
/// <param name="AfterSeconds">On the business clock.</param>
/// <param name="Reason">Why it turns down, where that was set.</param>
/// <param name="WebhookSecret">With it a developer signs callbacks by hand; absent where a secret of one's own is configured.</param>
internal sealed record BehaviourView(PartnerMode Mode, int AfterSeconds, string? Reason, string? WebhookSecret)
{
    public static BehaviourView Of(PartnerBehaviour behaviour, SandboxPartner partner) =>
        new(behaviour.Mode, behaviour.AfterSeconds, behaviour.Reason, partner.Options.SandboxWebhookSecret);
}

/// <summary>The body of a decision by hand, for the API description.</summary>
internal sealed record DecisionBody(string? Reason);
