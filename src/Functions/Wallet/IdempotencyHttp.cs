using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet;

/// <summary>/v1/idempotency: for a client that lost an answer and would rather ask than repeat.</summary>
public sealed class IdempotencyHttp(Ledger ledger, Idempotency idempotency)
{
    private const int MaxRoute = 200;
    private const int MaxKey = 255;

    /// <summary>What became of an idempotency key: its first answer, if there is one.</summary>
    [Function("GetIdempotencyKey")]
    [Access(Role.SignedIn)]
    [Operation("What became of an idempotency key", Response = typeof(KeyAnswer), Query = ["route", "key"], Codes = ["not_found", "required", "validation_failed"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/idempotency")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (route, key) = (request.Query["route"].ToString(), request.Query["key"].ToString());
        var mistakes = new List<FieldError>();
        RequireText(mistakes, "route", route, MaxRoute);
        RequireText(mistakes, "key", key, MaxKey);
        if (mistakes.Count > 0)
        {
            return Answers.Problem(request, PlatformErrors.Validation(mistakes));
        }

        return await FindAsync(request.Caller(), Canonical(route), key, cancellationToken) is { } answer
            ? Answers.Ok(answer)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    /// <summary>Money routes keep their keys in the caller's book, all others in a table of their own.</summary>
    private async Task<KeyAnswer?> FindAsync(Caller caller, string route, string key, CancellationToken cancellation)
    {
        if (caller.WalletId is { } wallet && await ledger.FindKeyAsync(wallet, BookKeys.RequestKey(route, key), cancellation) is { } money)
        {
            return KeyAnswer.Of(route, key, money.Answer(), money.Timestamp);
        }

        return await idempotency.FindAsync(caller.Account, route, key, cancellation) is { } other
            ? KeyAnswer.Of(route, key, other.Answer, other.At)
            : null;
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
        var path = (route.StartsWith("POST ", StringComparison.OrdinalIgnoreCase) ? route[5..] : route).Trim().TrimEnd('/');
        return "POST " + (path.StartsWith("/api/", StringComparison.Ordinal) ? path[4..] : path);
    }

    internal sealed record KeyAnswer(string Route, string Key, string State, int? Status, JsonElement? Body, DateTimeOffset? At)
    {
        public static KeyAnswer Of(string route, string key, StoredAnswer? answer, DateTimeOffset? at) => new(
            route, key, answer is null ? "in_flight" : "done", answer?.Status, answer is { Body.Length: > 0 } ? JsonElement.Parse(answer.Body) : null, at);
    }
}
