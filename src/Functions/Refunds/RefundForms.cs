using WalletFunctions.Domain;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Platform;

namespace WalletFunctions.Refunds;

/// <summary>The body of a new request.</summary>
/// <param name="OnBehalfOf">The customer's account; only, and always, where staff asks.</param>
internal sealed record RefundRequest(PaymentId PaymentId, Money Amount, RefundReason Reason, string? Description, AccountId? OnBehalfOf)
{
    public static RefundRequest Ask(JsonForm form, bool isStaff)
    {
        if (!isStaff && form.Has("onBehalfOf"))
        {
            form.Fail(FieldErrors.Invalid("onBehalfOf", new("仅客服可代客户申请。", "only support may ask on a customer's behalf.")));
        }

        return new RefundRequest(
            form.RequiredIdSought<PaymentId>("paymentId"),
            form.RequiredMoney("amount"),
            form.Enum<RefundReason>("reason"),
            form.OptionalString("description", Refund.LongestDescription, multiline: true),
            isStaff ? form.RequiredIdSought<AccountId>("onBehalfOf") : form.OptionalIdSought<AccountId>("onBehalfOf"));
    }

    public RefundWish Wish => new(Amount, Reason, Description);
}

/// <summary>The body of a decision.</summary>
internal sealed record RefundDecision(RefundVerdict Decision, string Reason)
{
    public static RefundDecision Ask(JsonForm form) => new(form.Enum<RefundVerdict>("decision"), form.RequiredString("reason", Refund.LongestReason, multiline: true));
}

/// <summary>The body of evidence: a text, files, or both.</summary>
internal sealed record RefundEvidenceForm(string? Text, IReadOnlyList<string>? FileIds)
{
    public IReadOnlyList<string> Files => FileIds ?? [];

    public static RefundEvidenceForm Ask(JsonForm form)
    {
        var (text, files) = Read(form);
        if (text is null && files.Count == 0 && (!form.Has("text") || form.IsBlank("text")))
        {
            form.Fail(FieldErrors.Missing("text"));
        }

        return new RefundEvidenceForm(text, files);
    }

    /// <summary>Of an appeal.</summary>
    public static RefundAppealForm AskAppeal(JsonForm form)
    {
        var reason = form.OptionalString("reason", RefundEvidence.LongestText, multiline: true);
        var (text, files) = Read(form);
        return new RefundAppealForm(text, reason, files);
    }

    private const int LongestId = 64;

    private static (string? Text, IReadOnlyList<string> Files) Read(JsonForm form) =>
        (form.OptionalString("text", RefundEvidence.LongestText, multiline: true), form.Strings("fileIds", RefundEvidence.MostFiles, LongestId));
}

/// <summary>The body of an appeal. It is the customer's right, so nothing has to be said for it.</summary>
/// <param name="Text">Why.</param>
/// <param name="Reason">Why, by the name that a decision has for it; counts where there is no text.</param>
internal sealed record RefundAppealForm(string? Text, string? Reason, IReadOnlyList<string>? FileIds)
{
    public string? Words => Text ?? Reason;

    public IReadOnlyList<string> Files => FileIds ?? [];
}

/// <summary>The body of a withdrawal of a request: nothing.</summary>
internal sealed record RefundWithdrawal;
