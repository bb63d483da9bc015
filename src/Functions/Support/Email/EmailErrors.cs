using WalletFunctions.Domain;

namespace WalletFunctions.Support.Email;

/// <summary>Refusals of the mail routes.</summary>
internal static class EmailErrors
{
    public static DomainError EmptyMail { get; } = new("empty_mail", ErrorKind.Invalid, new("请求正文为空，须为一封完整的邮件。", "The body is empty; it must be a whole mail."));
}
