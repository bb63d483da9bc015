using MimeKit;
using MimeKit.Utils;
using WalletFunctions.Domain.Inbox;

namespace WalletFunctions.Support.Email;

/// <summary>Reads what a delivery report (RFC 3464) says; null for any other mail.</summary>
internal static class BounceReader
{
    private const int MaxIds = 20;
    private const int MaxGroups = 50;

    public static BounceReport? Read(MimeMessage mail)
    {
        var parts = mail.BodyParts.ToList();
        var groups = parts.OfType<MessageDeliveryStatus>().SelectMany(part => part.StatusGroups).Take(MaxGroups).ToList();
        if (groups.Count == 0 && mail.Body is not MultipartReport)
        {
            return null;
        }

        // The returned message or its headers; some systems put our Message-ID only into their own In-Reply-To or into the status.
        var ids = parts.OfType<MessagePart>().Select(part => part.Message?.MessageId).OfType<string>()
            .Concat(groups.SelectMany(group => group).Where(field => field.Field.Contains("Message-ID", StringComparison.OrdinalIgnoreCase) || field.Field.Contains("Envelope-Id", StringComparison.OrdinalIgnoreCase))
                .Select(field => MimeUtils.ParseMessageId(field.Value)).OfType<string>())
            .Concat(MimeUtils.EnumerateReferences(mail.Headers["In-Reply-To"] ?? ""))
            .Concat(mail.References)
            .Distinct(StringComparer.Ordinal)
            .Take(MaxIds)
            .ToList();
        var recipient = groups.Find(group => group["Action"] is not null);
        return new BounceReport(BounceReport.ReadAction(recipient?["Action"]), ids, MailReader.Shown(recipient?["Status"], 20));
    }
}
