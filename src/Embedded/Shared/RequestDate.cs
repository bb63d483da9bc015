namespace Azure.Storage.Shared;

/// <summary>The <c>x-ms-date</c> of now (RFC 1123), made once a second: every request needs it.</summary>
internal static class RequestDate
{
    private static volatile Stamp _last = new(0, "");

    public static string Now()
    {
        var now = DateTimeOffset.UtcNow;
        var second = now.ToUnixTimeSeconds();
        var last = _last;
        if (last.Second != second) _last = last = new Stamp(second, now.ToString("R"));
        return last.Text;
    }

    private sealed record Stamp(long Second, string Text);
}
