namespace WalletFunctions.Domain.Merchants;

/// <summary>Refusals about merchants' endpoints.</summary>
public static class WebhookErrors
{
    /// <summary>There is none with this id, or it is another merchant's.</summary>
    public static DomainError NotFound { get; } = new("webhook_not_found", ErrorKind.NotFound, new("没有这个回调地址。", "There is no such endpoint."));

    /// <summary>A merchant has as many as it may have.</summary>
    public static DomainError Limit { get; } = new("webhook_limit", ErrorKind.Refused, new("回调地址数量已达上限。", "There are as many endpoints as a merchant may have."));

    /// <summary>We do not call such addresses.</summary>
    public static DomainError UrlForbidden { get; } = new(
        "webhook_url_forbidden",
        ErrorKind.Refused,
        new("不能使用这个回调地址。", "This address cannot be an endpoint."),
        new("回调地址须为公网 https 地址，且不含用户名和片段。", "An endpoint is an https address of the public internet, without user name and fragment."));

    /// <summary>It is switched off.</summary>
    public static DomainError Disabled { get; } = new("webhook_disabled", ErrorKind.Conflict, new("该回调地址已停用。", "This endpoint is switched off."));
}
