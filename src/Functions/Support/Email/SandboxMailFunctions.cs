using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Email;

/// <summary>/sandbox/mail: a mail given by hand.</summary>
[SandboxOnly]
public sealed class SandboxMailFunctions(InboundMail mail)
{
    private const int MaxBytes = 25 << 20;

    /// <summary>Enters where fetched mail enters: the raw bytes are stored, and the queue does the rest. The same bytes are the same mail.</summary>
    [Function("SandboxMail")]
    [Access(Role.Anonymous)]
    [Operation("Take a raw mail as if it had been fetched", RequestMediaType = "message/rfc822", Response = typeof(MailTaken), Status = 202, Codes = ["empty_mail", "invalid_body", "payload_too_large"])]
    public async Task<IResult> Take([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/mail")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken, MaxBytes);
        if (!body.IsOk || body.Value.IsEmpty)
        {
            return Answers.Problem(request, body.Error ?? EmailErrors.EmptyMail);
        }

        return Answers.Accepted(new MailTaken((await mail.AcceptAsync(body.Value, cancellationToken)).RawId));
    }

    internal sealed record MailTaken(string RawId);
}
