using WalletFunctions.Domain;
using WalletFunctions.Domain.Bills;
using WalletFunctions.Platform;

namespace WalletFunctions.Bills;

/// <summary>What an admin may say of a biller; in a change, what is absent stays as it is.</summary>
internal sealed record BillerForm(Text? Name, BillerStatus? Status, BillNumberFormat? Format, bool HasMaximum, Money? MaxPerBill)
{
    private const int LongestName = 60;

    /// <param name="whole">Whether name and format must be there.</param>
    public static BillerForm Ask(JsonForm form, bool whole)
    {
        var name = Asked("name", form, whole) is { } named ? new Text(named.RequiredString("zh", LongestName), named.RequiredString("en", LongestName)) : (Text?)null;
        var format = Asked("billNumber", form, whole) is { } number ? AskFormat(number) : null;
        var status = form.OptionalEnum<BillerStatus>("status");
        var most = form.OptionalMoney("maxPerBill");

        // As in a merge patch: null takes the maximum away.
        return new BillerForm(name, status, format, most is not null || form.IsBlank("maxPerBill"), most);
    }

    public Biller ApplyTo(Biller biller) => biller with
    {
        Name = Name ?? biller.Name,
        Status = Status ?? biller.Status,
        Format = Format ?? biller.Format,
        MaxPerBill = HasMaximum ? MaxPerBill : biller.MaxPerBill,
    };

    private static JsonForm? Asked(string name, JsonForm form, bool whole) => whole ? form.RequiredObject(name) : form.Object(name);

    private static BillNumberFormat AskFormat(JsonForm form)
    {
        var (least, most) = (form.RequiredInt("minDigits", 3, BillNumberFormat.Longest), form.RequiredInt("maxDigits", 3, BillNumberFormat.Longest));
        var prefix = form.OptionalString("prefix", 10);
        if (most < least || (prefix is not null && (!prefix.All(char.IsAsciiDigit) || prefix.Length >= least)))
        {
            form.Fail(FieldErrors.Invalid("maxDigits", new("位数范围或前缀无效。", "the lengths and the prefix do not go together.")));
        }

        return new BillNumberFormat(least, most, prefix, form.OptionalEnum<BillNumberCheck>("check") ?? BillNumberCheck.None);
    }
}
