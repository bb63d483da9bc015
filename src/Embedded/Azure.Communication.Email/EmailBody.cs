using System.Text.Json;

namespace Azure.Communication.Email;

/// <summary>The request's JSON, and the checks before it. Source: the specification Email/stable/2023-03-31 and the official client's ValidateEmailMessage.</summary>
internal static class EmailBody
{
    /// <exception cref="ArgumentException">The message cannot be sent as it is. Syntax, sizes and counts are the service's to judge.</exception>
    public static void Check(EmailMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        foreach (var (name, value) in message.Headers)
            if (string.IsNullOrWhiteSpace(value)) throw new ArgumentException($"The header {name} has no value.", nameof(message));
        if (string.IsNullOrWhiteSpace(message.Content.Html) && string.IsNullOrWhiteSpace(message.Content.PlainText)) throw new ArgumentException("The message has neither HTML nor plain text.", nameof(message));
        if (string.IsNullOrWhiteSpace(message.Content.Subject)) throw new ArgumentException("The message has no subject.", nameof(message));
        if (string.IsNullOrWhiteSpace(message.SenderAddress)) throw new ArgumentException("The message has no sender.", nameof(message));
        EmailAddress[] everyone = [.. message.Recipients.To, .. message.Recipients.CC, .. message.Recipients.BCC];
        if (everyone.Length == 0) throw new ArgumentException("The message has no recipient.", nameof(message));
        if (everyone.Any(r => string.IsNullOrWhiteSpace(r.Address))) throw new ArgumentException("A recipient has no address.", nameof(message));
        if (message.Attachments.Any(a => a.Content.ToMemory().IsEmpty)) throw new ArgumentException("An attachment is empty.", nameof(message));
    }

    public static BinaryData Write(EmailMessage message)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            if (message.Headers.Count > 0)
            {
                json.WriteStartObject("headers");
                foreach (var (name, value) in message.Headers) json.WriteString(name, value);
                json.WriteEndObject();
            }

            json.WriteString("senderAddress", message.SenderAddress);
            json.WriteStartObject("content");
            json.WriteString("subject", message.Content.Subject);
            if (message.Content.PlainText is { } text) json.WriteString("plainText", text);
            if (message.Content.Html is { } html) json.WriteString("html", html);
            json.WriteEndObject();
            json.WriteStartObject("recipients");
            Addresses(json, "to", message.Recipients.To);
            Addresses(json, "cc", message.Recipients.CC);
            Addresses(json, "bcc", message.Recipients.BCC);
            json.WriteEndObject();
            Attachments(json, message.Attachments);
            Addresses(json, "replyTo", message.ReplyTo);
            if (message.UserEngagementTrackingDisabled is { } untracked) json.WriteBoolean("userEngagementTrackingDisabled", untracked);
            json.WriteEndObject();
        }

        return BinaryData.FromBytes(body.ToArray());
    }

    private static void Addresses(Utf8JsonWriter json, string name, IList<EmailAddress> addresses)
    {
        if (addresses.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var address in addresses)
        {
            json.WriteStartObject();
            json.WriteString("address", address.Address);
            if (!string.IsNullOrEmpty(address.DisplayName)) json.WriteString("displayName", address.DisplayName);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Attachments(Utf8JsonWriter json, IList<EmailAttachment> attachments)
    {
        if (attachments.Count == 0) return;
        json.WriteStartArray("attachments");
        foreach (var attachment in attachments)
        {
            json.WriteStartObject();
            json.WriteString("name", attachment.Name);
            json.WriteString("contentType", attachment.ContentType);
            json.WriteBase64String("contentInBase64", attachment.Content.ToMemory().Span);
            if (attachment.ContentId is { } id) json.WriteString("contentId", id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
