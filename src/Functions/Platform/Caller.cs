using System.Net;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Who is asking, in which language, from where. Set by the middleware before a function runs.</summary>
/// <param name="AccountId">Null when nobody is signed in.</param>
/// <param name="Role">Exactly one role, or <see cref="Platform.Role.Anonymous"/>.</param>
/// <param name="Language">From Accept-Language; Chinese by default.</param>
/// <param name="RequestId">The caller's own, if well formed, else made here.</param>
/// <param name="DeviceId">X-Device-Id, if well formed.</param>
/// <param name="Address">The peer's address, as the front end tells it.</param>
internal sealed record Caller(AccountId? AccountId, Role Role, Language Language, string RequestId, string? DeviceId, IPAddress? Address)
{
    /// <summary>The wallet of a customer or merchant.</summary>
    public WalletId? WalletId { get; init; }

    /// <summary>The session the access token belongs to.</summary>
    public string? SessionId { get; init; }

    /// <summary>The account, on functions that admit only people who are signed in.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the function's Access attribute is wrong.</exception>
    public AccountId Account => AccountId ?? throw new InvalidOperationException("This function admits anonymous callers.");

    /// <summary>The wallet, on functions that admit only customers and merchants.</summary>
    /// <exception cref="InvalidOperationException">The caller has none: the function's Access attribute is wrong.</exception>
    public WalletId Wallet => WalletId ?? throw new InvalidOperationException("This function admits callers without a wallet.");
}

internal static class CallerExtensions
{
    private static readonly object Key = new();

    /// <summary>Who is asking; nobody in particular where no middleware ran.</summary>
    public static Caller Caller(this HttpRequest request)
    {
        if (request.HttpContext.Items.TryGetValue(Key, out var known) && known is Caller caller)
        {
            return caller;
        }

        caller = RequestHeaders.Anonymous(request);
        request.SetCaller(caller);
        return caller;
    }

    public static void SetCaller(this HttpRequest request, Caller caller) => request.HttpContext.Items[Key] = caller;
}
