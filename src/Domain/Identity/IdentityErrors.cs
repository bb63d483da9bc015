namespace WalletFunctions.Domain.Identity;

/// <summary>Refusals of accounts, sign-in and bank cards.</summary>
public static class IdentityErrors
{
    /// <summary>There is no freeze to end.</summary>
    public static DomainError AccountNotFrozen { get; } = new("account_not_frozen", ErrorKind.Conflict,
        new("账户没有被冻结。", "The account is not frozen."));

    /// <summary>A bank card is bound only in the name that was verified.</summary>
    public static DomainError CardHolderMismatch { get; } = new("card_holder_mismatch", ErrorKind.Refused,
        new("持卡人姓名与实名信息不一致。", "The card holder's name is not the verified name of this account."));

    /// <summary>The account's owner was never verified.</summary>
    public static DomainError IdentityRequired { get; } = new("identity_required", ErrorKind.Refused,
        new("请先完成实名认证。", "Please have your identity verified first."))
    { NextSteps = [new("verify_identity", "POST /v1/me/identity")] };

    /// <summary>Not 16 to 19 digits, or the check digit is wrong.</summary>
    public static DomainError InvalidCardNumber { get; } = new("invalid_card_number", ErrorKind.Invalid,
        new("银行卡号有误，请核对。", "The card number is not valid. Please check it."))
    { Fields = [new("cardNumber", "invalid_card_number", new("须为 16 至 19 位且校验位正确的卡号。", "It must be 16 to 19 digits with a right check digit."))] };

    /// <summary>The password was right; the second factor is still needed.</summary>
    public static DomainError TotpRequired { get; } = new("totp_required", ErrorKind.Unauthenticated,
        new("请输入动态验证码。", "Please enter the code of your authenticator."));

    /// <summary>Signing in or refreshing failed; it does not say which part was wrong.</summary>
    public static DomainError WrongCredentials { get; } = new("wrong_credentials", ErrorKind.Unauthenticated,
        new("手机号、密码或验证码不正确。", "The phone number, password or code is not right."));

    /// <summary>Too many failures.</summary>
    /// <param name="retryAfter">Until it may be tried again.</param>
    public static DomainError AccountLocked(TimeSpan retryAfter) => new("account_locked", ErrorKind.Locked,
        new("失败次数过多，请稍后再试。", "Too many failures. Please try again later."))
    { RetryAfter = retryAfter };
}
