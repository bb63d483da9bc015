using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

internal static class FormExtensions
{
    private const int MaxTyped = 24;

    /// <summary>A telephone number as people type it.</summary>
    public static PhoneNumber RequiredPhone(this JsonForm form, string name) => Parse(form, name, form.RequiredString(name, MaxTyped));

    /// <summary>As <see cref="RequiredPhone"/>; null where the member is absent.</summary>
    public static PhoneNumber? OptionalPhone(this JsonForm form, string name) =>
        form.OptionalString(name, MaxTyped) is { } text ? Parse(form, name, text) : null;

    private static PhoneNumber Parse(JsonForm form, string name, string text)
    {
        // Empty: the form has refused it already.
        if (!PhoneNumber.TryParse(text, out var phone) && text.Length > 0)
        {
            form.Fail(FieldErrors.Invalid(name, new("须为手机号码。", "it must be a telephone number.")));
        }

        return phone;
    }
}
