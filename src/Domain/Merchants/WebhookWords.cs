namespace WalletFunctions.Domain.Merchants;

/// <summary>What a merchant is told of an endpoint that was switched off.</summary>
public static class WebhookWords
{
    /// <summary>The subject.</summary>
    public static Text DisabledTitle { get; } = new("回调地址已停用", "A webhook endpoint was switched off");

    /// <summary>The message.</summary>
    /// <param name="id">Which endpoint.</param>
    /// <param name="host">Its host; the rest of an address may hold secrets.</param>
    /// <param name="isGone">Whether it said itself that it is gone; else it took nothing for three days.</param>
    public static Text Disabled(WebhookId id, string host, bool isGone) => isGone
        ? new($"回调地址 {id}（{host}）答复 410，已停用。可在商户后台重新启用。", $"Endpoint {id} ({host}) answered 410, so it is switched off. You can switch it on again.")
        : new($"回调地址 {id}（{host}）三天未能接收事件，已停用。修复后可重新启用，并在投递记录中查看未送达的事件。", $"Endpoint {id} ({host}) took no event for three days, so it is switched off. Once mended you can switch it on again; its deliveries show what it missed.");
}
