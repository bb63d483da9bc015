namespace WalletFunctions.Domain.Notifications;

/// <summary>Mail addresses for people who may not see all of them.</summary>
public static class MailAddressMask
{
    /// <summary><c>x***@mail.example</c>; three stars alone for what is no address.</summary>
    public static string Mask(string address)
    {
        var at = address.IndexOf('@', StringComparison.Ordinal);
        return at < 1 ? "***" : string.Concat(address.AsSpan(0, 1), "***", address.AsSpan(at));
    }
}
