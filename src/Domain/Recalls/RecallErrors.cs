namespace WalletFunctions.Domain.Recalls;

/// <summary>The refusals of recalls.</summary>
public static class RecallErrors
{
    /// <summary>The payee has answered.</summary>
    public static DomainError Decided { get; } = new("recall_decided", ErrorKind.Conflict,
        new Text("该撤回请求已有答复。", "This recall has already been answered."))
    {
        NextSteps = [new NextStep("list_recalls", "GET /v1/recalls")],
    };

    /// <summary>Only a transfer that one sent can be asked back.</summary>
    public static DomainError NotRecallable { get; } = new("not_recallable", ErrorKind.Refused,
        new Text("只有已转出的转账可以请求撤回。", "Only a transfer that you sent can be recalled."))
    {
        NextSteps = [new NextStep("contact_support", "POST /v1/chat/messages")],
    };
}
