namespace WalletFunctions.Domain.Identity;

/// <summary>Refusals of one-time codes, payment passwords and device keys. None of them is kept under an idempotency key: the next try may be right.</summary>
public static class ConfirmationErrors
{
    /// <summary>The payment password, the sign-in password or the signature is wrong.</summary>
    public static DomainError ConfirmationWrong { get; } = new("confirmation_wrong", ErrorKind.Forbidden,
        new("验证未通过，请重试。", "The confirmation is not right. Please try again."));

    /// <summary>The account has as many device keys as it may have.</summary>
    public static DomainError DeviceKeyLimit { get; } = new("device_key_limit", ErrorKind.Refused,
        new("已绑定的设备密钥过多，请先删除不用的。", "There are too many device keys. Please remove one that is no longer used."))
    { NextSteps = [new("list_device_keys", "GET /v1/me/device-keys")] };

    /// <summary>All tries at this code are used up.</summary>
    public static DomainError OtpExhausted { get; } = new("otp_exhausted", ErrorKind.Forbidden,
        new("验证码错误次数过多，请重新获取。", "This code was tried too often. Please ask for a new one."));

    /// <summary>The code is older than five minutes, or was used.</summary>
    public static DomainError OtpExpired { get; } = new("otp_expired", ErrorKind.Forbidden,
        new("验证码已失效，请重新获取。", "This code is not valid any more. Please ask for a new one."));

    /// <summary>Not the code that was sent.</summary>
    public static DomainError OtpWrong { get; } = new("otp_wrong", ErrorKind.Forbidden,
        new("验证码不正确。", "The code is not right."));

    /// <summary>The account has no payment password.</summary>
    public static DomainError PaymentPasswordNotSet { get; } = new("payment_password_not_set", ErrorKind.Forbidden,
        new("尚未设置支付密码。", "No payment password is set."))
    { NextSteps = [new("set_payment_password", "PUT /v1/me/payment-password")] };

    /// <summary>Too many wrong payment passwords; codes and device keys still work.</summary>
    /// <param name="retryAfter">Until it may be tried again.</param>
    public static DomainError ConfirmationLocked(TimeSpan retryAfter) => new("confirmation_locked", ErrorKind.Locked,
        new("支付密码错误次数过多，请稍后再试或改用短信验证码。", "Too many wrong passwords. Please try later, or use a one-time code."))
    { RetryAfter = retryAfter };
}
