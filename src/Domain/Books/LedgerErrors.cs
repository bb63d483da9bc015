namespace WalletFunctions.Domain.Books;

/// <summary>The refusals of money moves. A code is never renamed or reused; docs/errors.md lists them.</summary>
public static class LedgerErrors
{
    private static readonly NextStep TopUp = new("top_up", "POST /v1/topups");
    private static readonly NextStep ShowWallet = new("show_wallet", "GET /v1/wallet");
    private static readonly NextStep AskSupport = new("contact_support", "POST /v1/chat/messages");
    private static readonly NextStep ChoosePayee = new("choose_payee", "POST /v1/payees/resolve");
    private static readonly NextStep ChooseCard = new("choose_card", "GET /v1/me/bank-cards");

    /// <summary>The account may not move money.</summary>
    public static DomainError AccountFrozen { get; } = new("account_frozen", ErrorKind.Refused,
        new Text("账户目前不能动用资金，请联系客服。", "The account may not move money at present. Please contact support."))
    {
        NextSteps = [AskSupport],
    };

    /// <summary>The card's bank says no and does not say why.</summary>
    public static DomainError CardDeclined { get; } = new("card_declined", ErrorKind.Refused,
        new Text("银行卡支付被发卡行拒绝。", "The card was declined by its bank."))
    {
        NextSteps = [ChooseCard],
    };

    /// <summary>The card has expired or was replaced.</summary>
    public static DomainError CardDetailsOutdated { get; } = new("card_details_outdated", ErrorKind.Refused,
        new Text("银行卡信息已过期，请重新绑定。", "The card's details are out of date. Please bind it again."))
    {
        NextSteps = [new NextStep("bind_card", "POST /v1/me/bank-cards")],
    };

    /// <summary>The card's account is short of money.</summary>
    public static DomainError CardInsufficientFunds { get; } = new("card_insufficient_funds", ErrorKind.Refused,
        new Text("银行卡余额不足。", "There is not enough money on the card."))
    {
        NextSteps = [ChooseCard],
    };

    /// <summary>The channel does not answer; nothing is kept, so the same key may be tried again.</summary>
    public static DomainError ChannelUnavailable { get; } = new("channel_unavailable", ErrorKind.Unavailable,
        new Text("该渠道暂时不可用，请稍后重试。", "This channel is out of reach just now. Try again shortly."))
    {
        NextSteps = [ShowWallet],
        RetryAfter = TimeSpan.FromSeconds(5),
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

    /// <summary>The customer must prove consent to this very move; nothing is kept, and the same key is used again with <c>confirm</c>.</summary>
    public static DomainError ConfirmationRequired { get; } = new("confirmation_required", ErrorKind.Forbidden,
        new Text("此操作需要您确认。", "This needs your confirmation."))
    {
        NextSteps = [new NextStep("confirm", "POST /v1/otp")],
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

    /// <summary>Above the class's limit of a Shanghai day.</summary>
    public static DomainError LimitDaily { get; } = new("limit_daily", ErrorKind.Refused,
        new Text("超过当日限额。", "This is above what may move in a day."))
    {
        NextSteps = [ShowWallet],
    };

    /// <summary>Above what a class may ever spend.</summary>
    public static DomainError LimitLifetime { get; } = new("limit_lifetime", ErrorKind.Refused,
        new Text("超过账户累计限额，请完成实名认证以提升额度。", "This is above what may ever move in an account of this class."))
    {
        NextSteps = [new NextStep("verify_identity", "POST /v1/me/identity")],
    };

    /// <summary>Above the class's limit of one operation.</summary>
    public static DomainError LimitPerTransaction { get; } = new("limit_per_transaction", ErrorKind.Refused,
        new Text("超过单笔限额。", "This is above what may move at once."))
    {
        NextSteps = [ShowWallet],
    };

    /// <summary>Above the class's limit of a year.</summary>
    public static DomainError LimitYearly { get; } = new("limit_yearly", ErrorKind.Refused,
        new Text("超过年度限额。", "This is above what may move in a year."))
    {
        NextSteps = [ShowWallet],
    };

    /// <summary>The merchant may not take this money.</summary>
    public static DomainError MerchantRestricted { get; } = new("merchant_restricted", ErrorKind.Refused,
        new Text("该商户暂不能收款。", "This merchant cannot be paid at present."))
    {
        NextSteps = [AskSupport],
    };

    /// <summary>Above the customer's own limit.</summary>
    public static DomainError OwnLimit { get; } = new("own_limit", ErrorKind.Refused,
        new Text("超过您自己设置的限额。", "This is above the limit that you set yourself."))
    {
        NextSteps = [new NextStep("change_limits", "PATCH /v1/me")],
    };

    /// <summary>Payer and payee are one.</summary>
    public static DomainError PayeeIsSelf { get; } = new("payee_is_self", ErrorKind.Refused,
        new Text("不能向自己转账。", "You cannot transfer to yourself."))
    {
        NextSteps = [ChoosePayee],
    };

    /// <summary>The name given is not the payee's.</summary>
    public static DomainError PayeeNameMismatch { get; } = new("payee_name_mismatch", ErrorKind.Refused,
        new Text("收款人姓名与账户不符，请核对。", "The name is not the payee's. Please check it."))
    {
        NextSteps = [ChoosePayee],
    };

    /// <summary>No such payee, or none that takes transfers.</summary>
    public static DomainError PayeeNotFound { get; } = new("payee_not_found", ErrorKind.Refused,
        new Text("没有找到该收款人，请核对手机号或钱包编号。", "Nobody with this number or wallet can be paid. Please check it."))
    {
        NextSteps = [ChoosePayee],
    };

    /// <summary>The wallet is frozen or closed.</summary>
    public static DomainError WalletFrozen { get; } = new("wallet_frozen", ErrorKind.Refused,
        new Text("钱包已被冻结，请联系客服。", "The wallet is frozen. Please contact support."))
    {
        NextSteps = [AskSupport],
    };

    /// <summary>The refusal of a code, for those stored by their code alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No refusal of a book has this code.</exception>
    public static DomainError Find(string code) =>
        Known(code) ?? throw new ArgumentOutOfRangeException(nameof(code), code, "No refusal of a book has this code.");

    /// <summary>The refusal of a code; null when it is another feature's.</summary>
    public static DomainError? Known(string code) => code switch
    {
        "account_frozen" => AccountFrozen,
        "already_claimed" => Claimed,
        "already_in_progress" => ClaimBusy,
        "card_declined" => CardDeclined,
        "card_details_outdated" => CardDetailsOutdated,
        "card_insufficient_funds" => CardInsufficientFunds,
        "channel_unavailable" => ChannelUnavailable,
        "channel_unsupported" => ChannelUnsupported,
        "confirmation_required" => ConfirmationRequired,
        "currency_mismatch" => CurrencyMismatch,
        "hold_not_captured" => HoldNotCaptured,
        "hold_not_open" => HoldNotOpen,
        "insufficient_funds" => InsufficientFunds,
        "limit_daily" => LimitDaily,
        "limit_lifetime" => LimitLifetime,
        "limit_per_transaction" => LimitPerTransaction,
        "limit_yearly" => LimitYearly,
        "merchant_restricted" => MerchantRestricted,
        "own_limit" => OwnLimit,
        "payee_is_self" => PayeeIsSelf,
        "payee_name_mismatch" => PayeeNameMismatch,
        "payee_not_found" => PayeeNotFound,
        "wallet_frozen" => WalletFrozen,
        _ => null,
    };
}
