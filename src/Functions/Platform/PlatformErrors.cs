using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Refusals of the edge itself, before any feature was asked.</summary>
internal static class PlatformErrors
{
    public static DomainError BodyMissing { get; } = new("invalid_body", ErrorKind.Invalid, new("请求正文必须是一个 JSON 对象。", "The body must be a JSON object."));

    public static DomainError BodyMalformed { get; } = new("malformed_json", ErrorKind.Invalid, new("请求正文不是有效的 JSON。", "The body is not valid JSON."));

    public static DomainError Forbidden { get; } = new("forbidden", ErrorKind.Forbidden, new("您无权执行此操作。", "You may not do this."));

    public static DomainError IdempotencyKeyInFlight { get; } = new("idempotency_key_in_flight", ErrorKind.Conflict,
        new("同一幂等键的请求仍在处理中，请稍后重试。", "A request with this idempotency key is still running. Try again shortly."))
    { RetryAfter = TimeSpan.FromSeconds(1) };

    public static DomainError IdempotencyKeyInvalid { get; } = new("invalid_idempotency_key", ErrorKind.Invalid,
        new("幂等键须为 1 至 255 个可见 ASCII 字符。", "Idempotency-Key must be 1 to 255 visible ASCII characters."));

    public static DomainError IdempotencyKeyRequired { get; } = new("idempotency_key_required", ErrorKind.Invalid,
        new("此请求需要 Idempotency-Key 请求头。", "This request needs an Idempotency-Key header."));

    public static DomainError IdempotencyKeyReused { get; } = new("idempotency_key_reused", ErrorKind.Refused,
        new("该幂等键已用于内容不同的请求。", "This idempotency key was used with another body."));

    /// <summary>A bug or a fault without a better name. Its status is 500, which no refusal has; the details are in the log, under the request id.</summary>
    public static DomainError Internal { get; } = new("internal_error", ErrorKind.Unavailable,
        new("服务出现内部错误，我们已记录。", "Something went wrong on our side; it has been recorded."));

    public static DomainError InvalidCursor { get; } = new("invalid_cursor", ErrorKind.Invalid,
        new("分页游标无效，请从第一页重新开始。", "The cursor is not valid here. Start again at the first page."));

    public static DomainError NotFound { get; } = new("not_found", ErrorKind.NotFound, new("没有找到所请求的内容。", "There is no such thing."));

    public static DomainError PayloadTooLarge { get; } = new("payload_too_large", ErrorKind.TooLarge, new("请求正文超过 1 MiB。", "The body is larger than 1 MiB."));

    public static DomainError PreconditionFailed { get; } = new("precondition_failed", ErrorKind.PreconditionFailed,
        new("内容已被他人更改，请刷新后重试。", "This was changed by somebody else. Read it again."));

    public static DomainError ServiceUnavailable { get; } = new("service_unavailable", ErrorKind.Unavailable,
        new("服务暂时不可用，请稍后重试。", "The service is out of reach just now. Try again shortly."))
    { RetryAfter = TimeSpan.FromSeconds(2) };

    public static DomainError Unauthenticated { get; } = new("unauthenticated", ErrorKind.Unauthenticated, new("请先登录。", "Please sign in."));

    public static DomainError UpgradeRequired { get; } = new("upgrade_required", ErrorKind.UpgradeRequired,
        new("当前版本过旧，请升级应用。", "This version of the app is too old. Please upgrade."));

    public static DomainError MethodNotAllowed(IEnumerable<string> allowed) => new("method_not_allowed", ErrorKind.MethodNotAllowed,
        new("此路径不支持该请求方法。", "This route exists, but not with this method."),
        new($"此路径支持：{string.Join(", ", allowed)}。", $"This route takes {string.Join(", ", allowed)}."));

    public static DomainError TooManyRequests(TimeSpan retryAfter) => new("too_many_requests", ErrorKind.TooMany,
        new("请求过于频繁，请稍后再试。", "Too many requests. Try again later."))
    { RetryAfter = retryAfter };

    /// <summary>
    /// One code when all members are wrong in the same way, otherwise <c>validation_failed</c>; but a member that is not known
    /// comes before everything, and an amount before what else is wrong: a client tells these from the code alone.
    /// </summary>
    public static DomainError Validation(IReadOnlyList<FieldError> fields)
    {
        var code = fields.Any(field => field.Code == FieldErrors.UnknownField) ? FieldErrors.UnknownField
            : fields.Any(field => field.Code == FieldErrors.InvalidAmount) ? FieldErrors.InvalidAmount
            : fields.All(field => field.Code == fields[0].Code) ? fields[0].Code
            : FieldErrors.ValidationFailed;
        return new DomainError(code, ErrorKind.Invalid, FieldErrors.TitleOf(code), fields.FirstOrDefault(field => field.Code == code, fields[0]).Detail) { Fields = fields };
    }
}
