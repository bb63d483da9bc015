using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>The sandbox's gateway of short messages, as a gateway would offer it: requests are signed, a message id is sent once.</summary>
[SandboxOnly]
public sealed class SmsHttp(SandboxSms gateway)
{
    private const int MaxId = 64;
    private const int MaxMessage = 2_000;

    [Function("SandboxSendSms")]
    [Access(Role.Anonymous)]
    [Operation("The sandbox's gateway takes a short message into the outbox (signed)", Request = typeof(MessageBody), Response = typeof(MessageTaken), Status = 202,
        Codes = ["bad_signature", "sms_gateway_down", "sms_refused"])]
    public async Task<IResult> SendAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/sms/messages")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return Answers.Problem(request, body.Error);
        }

        if (!gateway.IsSigned(request, body.Value.Span))
        {
            return Answers.Problem(request, PartnerErrors.BadSignature);
        }

        var read = JsonForm.Parse(body.Value);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var (id, to, text, code) = (form.RequiredString("messageId", MaxId), form.RequiredString("to", 24), form.RequiredString("text", MaxMessage, multiline: true), form.OptionalString("code", 16));
        if (to.Length > 0 && !PhoneNumber.TryParse(to, out _))
        {
            form.Fail(FieldErrors.Invalid("to", new("须为手机号码。", "it must be a telephone number.")));
        }

        if (form.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        return await gateway.TakeAsync(id, to, text, code, cancellationToken) is { } refusal
            ? Answers.Problem(request, refusal)
            : Answers.Accepted(new MessageTaken(id));
    }

    [Function("SandboxReadSmsBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("How the sandbox's gateway of short messages behaves", Response = typeof(BehaviourBody))]
    public async Task<IResult> ReadBehaviourAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/sms/behaviour")] HttpRequest request, CancellationToken cancellationToken) =>
        Answers.Ok(new BehaviourBody(await gateway.ModeAsync(cancellationToken)));

    [Function("SandboxSetSmsBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("Set how the sandbox's gateway treats short messages to come", Request = typeof(BehaviourBody), Response = typeof(BehaviourBody))]
    public async Task<IResult> SetBehaviourAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/sms/behaviour")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var mode = read.Value.Enum<SmsMode>("mode");
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        await gateway.SetModeAsync(mode, cancellationToken);
        return Answers.Ok(new BehaviourBody(mode));
    }

    internal sealed record MessageBody(string MessageId, string To, string Text, string? Code);

    internal sealed record MessageTaken(string MessageId);

    internal sealed record BehaviourBody(SmsMode Mode);
}
