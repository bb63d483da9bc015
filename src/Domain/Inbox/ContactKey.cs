namespace WalletFunctions.Domain.Inbox;

/// <summary>Where a contact can be recognised and reached: one address on one channel. It proves nothing about who writes.</summary>
/// <param name="Channel">Snake_case: <c>email</c>.</param>
/// <param name="Address">In the channel's canonical form.</param>
public sealed record ContactKey(string Channel, string Address)
{
    /// <summary>The channel of mail.</summary>
    public const string EmailChannel = "email";

    private const int MaxAddressLength = 320;

    /// <summary>
    /// A mail address, lower-cased as a whole: the local part may differ by case in theory (RFC 5321, 2.4) and never does in
    /// practice. Null where there is no usable address.
    /// </summary>
    public static ContactKey? Email(string? address)
    {
        var text = address?.Trim().TrimEnd('.').ToLowerInvariant();
        return text is { Length: > 2 and <= MaxAddressLength } && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
            ? new ContactKey(EmailChannel, text)
            : null;
    }

    /// <summary>The one id of whoever has this key.</summary>
    public ContactId ContactId => Id.From<ContactId>(DateTimeOffset.UnixEpoch, System.Text.Encoding.UTF8.GetBytes("contact|" + this));

    /// <inheritdoc/>
    public override string ToString() => $"{Channel}:{Address}";
}
