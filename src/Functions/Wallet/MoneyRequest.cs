using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>What every route that moves money has in common: a form, a key kept in the caller's book, and one answer per outcome.</summary>
/// <param name="Request">The HTTP request.</param>
/// <param name="Form">Its body; every member was asked for.</param>
/// <param name="Key">The row that keeps the answer.</param>
internal sealed record MoneyRequest(HttpRequest Request, JsonForm Form, RequestKey Key)
{
    /// <summary>Who asks.</summary>
    public Caller Caller => Request.Caller();

    /// <summary>Reads key and body.</summary>
    /// <param name="route">Method and path, the scope of the key.</param>
    /// <param name="ask">Asks the form for its members; what it returns is given back when nothing is wrong.</param>
    /// <param name="bodyOptional">No member is required, so that the body may be left out.</param>
    public static async Task<Result<(MoneyRequest Request, T Asked)>> ReadAsync<T>(
        HttpRequest request, string route, Secrets secrets, Func<JsonForm, T> ask, CancellationToken cancellation, bool bodyOptional = false)
    {
        var key = IdempotencyKey.Read(request);
        if (!key.IsOk)
        {
            return key.Error;
        }

        var form = bodyOptional ? await JsonForm.ReadOptionalAsync(request, cancellation) : await JsonForm.ReadAsync(request, cancellation);
        if (!form.IsOk)
        {
            return form.Error;
        }

        var asked = ask(form.Value);
        return form.Value.Finish() is { } wrong
            ? wrong
            : (new MoneyRequest(request, form.Value, RequestKey.Of(route, key.Value, form.Value.Fingerprint(secrets.Key("fingerprints")))), asked);
    }

    /// <summary>The answer that a refusal leaves under the key.</summary>
    public StoredAnswer Refusal(DomainError error) => StoredAnswer.Problem(Request, error);

    /// <summary>The answer of an outcome.</summary>
    public IResult Answer(Outcome outcome) => outcome switch
    {
        Outcome.Committed { Answer: { } answer } => Answers.Fresh(answer),
        Outcome.Refused { Answer: { } answer } => Answers.Fresh(answer),
        Outcome.Replayed { Answer: { } answer } => Answers.Stored(answer),
        Outcome.KeyReused => Answers.Problem(Request, PlatformErrors.IdempotencyKeyReused),
        Outcome.KeyInFlight => Answers.Problem(Request, PlatformErrors.IdempotencyKeyInFlight),
        Outcome.Busy => Answers.Problem(Request, LedgerErrors.ClaimBusy),

        // It took so long that the sweep ended it. Nothing is kept, so the client's next try begins anew.
        Outcome.Swept => Answers.Problem(Request, PlatformErrors.ServiceUnavailable),
        _ => throw new InvalidOperationException($"An outcome without an answer: {outcome.GetType().Name}."),
    };
}
