namespace WalletFunctions.Domain.Books;

/// <summary>The refusals of money moves. A code is never renamed or reused; docs/errors.md lists them.</summary>
public static class LedgerErrors
{
    private static readonly NextStep TopUp = new("top_up", "POST /v1/topups");
    private static readonly NextStep ShowWallet = new("show_wallet", "GET /v1/wallet");
    private static readonly NextStep AskSupport = new("contact_support", "POST /v1/chat/messages");

    /// <summary>The account may not move money.</summary>
    public static DomainError AccountFrozen { get; } = new("account_frozen", ErrorKind.Refused,
        new Text("账户目前不能动用资金，请联系客服。", "The account may not move money at present. Please contact support."))
    {
        NextSteps = [AskSupport],
    };

    /// <summary>The way in or out does not exist here.</summary>
    public static DomainError ChannelUnsupported { get; } = new("channel_unsupported", ErrorKind.Refused,
        new Text("暂不支持该渠道。", "This channel is not supported."))
    {
        NextSteps = [ShowWallet],
    };

    /// <summary>Another operation is about to take what this one needs on the payee's side.</summary>
    public static DomainError ClaimBusy { get; } = new("already_in_progress", ErrorKind.Conflict,
        new Text("该事项正在由另一笔操作处理，请稍后重试。", "Another operation is taking care of this right now. Try again shortly."))
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>Another operation has already taken what this one needs on the payee's side.</summary>
    public static DomainError Claimed { get; } = new("already_claimed", ErrorKind.Conflict,
        new Text("该事项已完成或已被占用。", "This has already been taken care of."))
    {
        NextSteps = [new NextStep("list_transactions", "GET /v1/transactions")],
    };

    /// <summary>The money is in another currency than the wallet.</summary>
    public static DomainError CurrencyMismatch { get; } = new("currency_mismatch", ErrorKind.Refused,
        new Text("币种与钱包不一致。", "The currency is not the wallet's."))
    {
        NextSteps = [ShowWallet],
    };

    /// <summary>A payout can be returned only once, and only after it has left.</summary>
    public static DomainError HoldNotCaptured { get; } = new("hold_not_captured", ErrorKind.Conflict,
        new Text("该笔资金尚未付出或已退回。", "This money has not left, or has already been returned."));

    /// <summary>The hold has already ended.</summary>
    public static DomainError HoldNotOpen { get; } = new("hold_not_open", ErrorKind.Conflict,
        new Text("该笔冻结资金已处理。", "This hold has already been captured or released."));

    /// <summary>Available is less than amount and fee.</summary>
    public static DomainError InsufficientFunds { get; } = new("insufficient_funds", ErrorKind.Refused,
        new Text("可用余额不足。", "The available balance is not enough."))
    {
        NextSteps = [TopUp, ShowWallet],
    };

    /// <summary>Payer and payee are one.</summary>
    public static DomainError PayeeIsSelf { get; } = new("payee_is_self", ErrorKind.Refused,
        new Text("不能向自己转账。", "You cannot transfer to yourself."))
    {
        NextSteps = [new NextStep("choose_payee", "POST /v1/payees/resolve")],
    };

    /// <summary>No such payee, or none that takes transfers.</summary>
    public static DomainError PayeeNotFound { get; } = new("payee_not_found", ErrorKind.Refused,
        new Text("没有找到该收款人，请核对手机号或钱包编号。", "Nobody with this number or wallet can be paid. Please check it."))
    {
        NextSteps = [new NextStep("choose_payee", "POST /v1/payees/resolve")],
    };

    /// <summary>The wallet is frozen or closed.</summary>
    public static DomainError WalletFrozen { get; } = new("wallet_frozen", ErrorKind.Refused,
        new Text("钱包已被冻结，请联系客服。", "The wallet is frozen. Please contact support."))
    {
        NextSteps = [AskSupport],
    };

    /// <summary>The refusal of a code, for those stored by their code alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No refusal of a book has this code.</exception>
    public static DomainError Find(string code) => code switch
    {
        "hold_not_captured" => HoldNotCaptured,
        "hold_not_open" => HoldNotOpen,
        "wallet_frozen" => WalletFrozen,
        "insufficient_funds" => InsufficientFunds,
        "currency_mismatch" => CurrencyMismatch,
        "payee_is_self" => PayeeIsSelf,
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No refusal of a book has this code."),
    };
}
