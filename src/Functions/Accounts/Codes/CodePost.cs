using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Notifications.Sms;
using WalletFunctions.Support.Email;

namespace WalletFunctions.Accounts.Codes;

/// <summary>Sends codes to where they belong, by short message or by mail. Tried once: whoever waits for a code asks again.</summary>
/// <param name="domain">The right-hand side of Message-IDs.</param>
internal sealed class CodePost(ISmsSender sms, IMailSender mail, string domain)
{
    /// <exception cref="CodeNotSentException">It could not be handed over.</exception>
    public async Task SendAsync(ChallengeId id, ChallengeOrder order, string code, CancellationToken cancellationToken)
    {
        var text = CodeMessage.Of(code, order.Purpose, order.About).In(order.Language);
        if (order.Address.Phone is { } phone)
        {
            if (await sms.SendAsync(new ShortMessage(ShortMessage.IdOf($"code|{id}"), phone, text, code), cancellationToken) is not SendOutcome.Sent)
            {
                throw new CodeNotSentException("The short message with a code was not taken.");
            }

            return;
        }

        var operation = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id.Value)).AsSpan(0, 16));
        var letter = new OutgoingMail(operation, $"code.{id}@{domain}", order.Address.Email!, ToName: null, CodeMessage.Subject.In(order.Language), text, InReplyTo: null, References: [], Automatic: true)
        {
            Code = code,
        };
        if (await mail.SendAsync(letter, cancellationToken) is not (SendOutcome.Sent or SendOutcome.Unknown))
        {
            throw new CodeNotSentException("The mail with a code was not taken.");
        }
    }
}

/// <summary>A code could not be handed over to whoever carries it.</summary>
internal sealed class CodeNotSentException(string message) : Exception(message);
