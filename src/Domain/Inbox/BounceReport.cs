namespace WalletFunctions.Domain.Inbox;

/// <summary>What a delivery report (RFC 3464) says about one mail.</summary>
/// <param name="Action">What the mail system did.</param>
/// <param name="OriginalMessageIds">The mail it is about, from the status or the returned headers, without brackets.</param>
/// <param name="Status">The enhanced status code, such as <c>5.1.1</c>; null where none is given.</param>
public sealed record BounceReport(BounceAction Action, IReadOnlyList<string> OriginalMessageIds, string? Status)
{
    /// <summary>Which of our messages it is about: only an id that we signed counts, so nobody can mark others' mail as bounced.</summary>
    public OwnMessage? Concerns(ThreadSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return OriginalMessageIds.Select(signature.Read).FirstOrDefault(own => own is not null);
    }

    /// <summary>Reads the value of an Action field (RFC 3464, 2.3.3).</summary>
    public static BounceAction ReadAction(string? value) => value?.Trim().ToLowerInvariant() switch
    {
        "failed" => BounceAction.Failed,
        "delayed" => BounceAction.Delayed,
        _ => BounceAction.Other,
    };
}

/// <summary>What the mail system did with a mail.</summary>
public enum BounceAction
{
    /// <summary>Gave up.</summary>
    Failed,

    /// <summary>Still tries.</summary>
    Delayed,

    /// <summary>Delivered, relayed, expanded, or nothing that can be read.</summary>
    Other,
}
