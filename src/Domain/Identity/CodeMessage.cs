namespace WalletFunctions.Domain.Identity;

/// <summary>What a message with a one-time code says.</summary>
public static class CodeMessage
{
    /// <summary>The whole text. It says what the code is for, so that nobody gives a code away for something else.</summary>
    /// <param name="code">The digits.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="about">What exactly is confirmed; null where nothing more is known.</param>
    public static Text Of(string code, ChallengePurpose purpose, Text? about)
    {
        var what = about ?? NameOf(purpose);
        return new(
            $"【钱包】验证码 {code}，用于{what.Zh}，5 分钟内有效。切勿告诉任何人，包括客服。",
            $"[Wallet] {code} is your code for {what.En}. It is good for 5 minutes. Tell it to nobody, not even to support.");
    }

    /// <summary>The subject of a mail with a code.</summary>
    public static Text Subject { get; } = new("您的验证码", "Your one-time code");

    private static Text NameOf(ChallengePurpose purpose) => purpose switch
    {
        ChallengePurpose.Register => new("注册账户", "opening an account"),
        ChallengePurpose.Login => new("登录", "signing in"),
        ChallengePurpose.Reset => new("重设密码", "choosing a new password"),
        ChallengePurpose.Confirm => new("确认操作", "confirming what you are doing"),
        ChallengePurpose.Unlock => new("解除锁定", "unlocking your account"),
    };
}
