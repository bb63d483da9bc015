using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>The one place that knows which HTTP status a refusal has.</summary>
internal static class ErrorStatus
{
    // No discard arm: a new kind without a status fails the build.
    public static int Of(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => 400,
        ErrorKind.Unauthenticated => 401,
        ErrorKind.Forbidden => 403,
        ErrorKind.NotFound => 404,
        ErrorKind.MethodNotAllowed => 405,
        ErrorKind.Conflict => 409,
        ErrorKind.PreconditionFailed => 412,
        ErrorKind.TooLarge => 413,
        ErrorKind.Refused => 422,
        ErrorKind.Locked => 423,
        ErrorKind.UpgradeRequired => 426,
        ErrorKind.TooMany => 429,
        ErrorKind.NotImplemented => 501,
        ErrorKind.Unavailable => 503,
    };

    /// <summary>Whether an answer is final, so that a repeat of the request must see it again: 2xx, decided 409 and 422.</summary>
    public static bool IsFinal(int status) => status is (>= 200 and < 300) or 409 or 422;
}
