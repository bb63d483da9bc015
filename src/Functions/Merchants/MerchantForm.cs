using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants;

/// <summary>What an admin may say of a merchant; what is absent stays as it is.</summary>
internal sealed record MerchantForm(string? Name, MerchantStatus? Status, bool? InvoiceSupported, bool HasMaximum, Money? MaxPerPayment, AccountClass? LeastClass)
{
    public const int LongestName = 60;

    public static MerchantForm Ask(JsonForm form)
    {
        var (name, status, invoice) = (form.OptionalString("name", LongestName), form.OptionalEnum<MerchantStatus>("status"), form.OptionalBool("invoiceSupported"));
        if (form.Object("restrictions") is not { } restrictions)
        {
            return new MerchantForm(name, status, invoice, false, null, null);
        }

        // As in a merge patch: null takes the maximum away.
        var most = restrictions.OptionalMoney("maxPerPayment");
        return new MerchantForm(name, status, invoice, most is not null || restrictions.IsBlank("maxPerPayment"), most, AskClass(restrictions));
    }

    public Merchant ApplyTo(Merchant merchant) => merchant with
    {
        Name = Name ?? merchant.Name,
        Status = Status ?? merchant.Status,
        InvoiceSupported = InvoiceSupported ?? merchant.InvoiceSupported,
        MaxPerPayment = HasMaximum ? MaxPerPayment : merchant.MaxPerPayment,
        LeastClass = LeastClass ?? merchant.LeastClass,
    };

    /// <summary>Classes are written as people write them: I, II, III.</summary>
    private static AccountClass? AskClass(JsonForm form)
    {
        if (form.OptionalString("leastClass", 3) is not { } text)
        {
            return null;
        }

        foreach (var known in Enum.GetValues<AccountClass>())
        {
            if (known.ToString() == text)
            {
                return known;
            }
        }

        form.Fail(FieldErrors.Invalid("leastClass", new("须为 I、II 或 III。", "it must be I, II or III.")));
        return null;
    }
}
