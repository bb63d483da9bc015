namespace WalletFunctions.Domain;

/// <summary>What sort of refusal an error is. Platform maps each kind to one HTTP status, in one place.</summary>
public enum ErrorKind
{
    /// <summary>The request itself is wrong (400).</summary>
    Invalid,

    /// <summary>Nobody known is asking (401).</summary>
    Unauthenticated,

    /// <summary>The asker may not do this (403).</summary>
    Forbidden,

    /// <summary>There is no such thing, or it is not the asker's (404).</summary>
    NotFound,

    /// <summary>The route exists, but not with this method (405).</summary>
    MethodNotAllowed,

    /// <summary>The state of things forbids it now (409).</summary>
    Conflict,

    /// <summary>A condition sent with the request does not hold (412).</summary>
    PreconditionFailed,

    /// <summary>The request is larger than allowed (413).</summary>
    TooLarge,

    /// <summary>The business refuses (422).</summary>
    Refused,

    /// <summary>The account is locked for a while (423).</summary>
    Locked,

    /// <summary>The client is too old (426).</summary>
    UpgradeRequired,

    /// <summary>Too often (429).</summary>
    TooMany,

    /// <summary>This build cannot do it (501).</summary>
    NotImplemented,

    /// <summary>A part that is needed is out of reach just now (503).</summary>
    Unavailable,
}
