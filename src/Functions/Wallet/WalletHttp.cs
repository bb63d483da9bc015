using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/wallet and what became of a key.</summary>
public sealed class WalletHttp(Ledger ledger, AccountDirectory accounts)
{
    private const int MaxRoute = 200;

    /// <summary>The caller's wallet as it is stored now.</summary>
    [Function("GetWallet")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The caller's wallet", Response = typeof(WalletAnswer))]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/wallet")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        var account = await accounts.FindAsync(caller.Account, cancellationToken);
        var stored = await ledger.ReadHeadAsync(caller.Wallet, cancellationToken);
        return Answers.Ok(WalletAnswer.Of(stored.Head, account?.Class ?? AccountClass.I, account?.Status ?? AccountStatus.Active), stored.ETag);
    }

    /// <summary>What became of an idempotency key: its first answer, if there is one.</summary>
    [Function("GetIdempotencyKey")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("What became of an idempotency key", Response = typeof(KeyAnswer), Query = ["route", "key"], Codes = ["not_found"])]
    public async Task<IResult> GetKeyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/idempotency")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (route, key) = (request.Query["route"].ToString(), request.Query["key"].ToString());
        var mistakes = new List<FieldError>();
        RequireText(mistakes, "route", route, MaxRoute);
        RequireText(mistakes, "key", key, 255);
        if (mistakes.Count > 0)
        {
            return Answers.Problem(request, PlatformErrors.Validation(mistakes));
        }

        return await ledger.FindKeyAsync(request.Caller().Wallet, BookKeys.RequestKey(Canonical(route), key), cancellationToken) is { } kept
            ? Answers.Ok(new KeyAnswer(Canonical(route), key, "done", kept.Status, kept.Body.Length == 0 ? null : JsonElement.Parse(kept.Body), kept.Timestamp))
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    private static void RequireText(List<FieldError> mistakes, string name, string text, int longest)
    {
        if (text.Length == 0)
        {
            mistakes.Add(FieldErrors.Missing(name));
        }
        else if (text.Length > longest)
        {
            mistakes.Add(FieldErrors.Longer(name, longest));
        }
    }

    /// <summary>A route as keys are kept: method and path. Only POST takes keys, so a path alone will do, with or without the prefix.</summary>
    private static string Canonical(string route)
    {
        var path = route.StartsWith("POST ", StringComparison.OrdinalIgnoreCase) ? route[5..].Trim() : route.Trim();
        return "POST " + (path.StartsWith("/api/", StringComparison.Ordinal) ? path[4..] : path);
    }

    internal sealed record WalletAnswer(WalletId WalletId, string Currency, Money Available, Money Held, string Status, string Class, LimitsAnswer Limits)
    {
        public static WalletAnswer Of(BookHead head, AccountClass @class, AccountStatus account) => new(
            head.Wallet,
            head.Currency.Code,
            new Money(head.Balances.Available, head.Currency),
            new Money(head.Balances.Held, head.Currency),
            StatusOf(head.Status, account),
            @class.ToString(),
            new LimitsAnswer());

        private static string StatusOf(BookStatus book, AccountStatus account) => (book, account) switch
        {
            (BookStatus.Closed, _) or (_, AccountStatus.Closed) => "closed",
            (BookStatus.Frozen, _) or (_, AccountStatus.Frozen) => "frozen",
            (_, AccountStatus.UnderReview) => "under_review",
            _ => "active",
        };
    }

    /// <summary>None are in force yet; each kind will be a member of its own.</summary>
    internal sealed record LimitsAnswer;

    internal sealed record KeyAnswer(string Route, string Key, string State, int Status, JsonElement? Body, DateTimeOffset? At);
}
