using Azure.Data.Tables;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox;

/// <summary>How the sandbox's gateway treats short messages.</summary>
internal enum SmsMode
{
    /// <summary>Takes them.</summary>
    Take,

    /// <summary>Takes them, and its answers are lost.</summary>
    LoseAnswers,

    /// <summary>Is out of service: takes nothing.</summary>
    Down,

    /// <summary>Would never take them.</summary>
    Refuse,
}

/// <summary>The gateway of short messages that the sandbox plays: what it takes is in the outbox.</summary>
public sealed class SandboxSms
{
    private const string Partition = "sms";
    private const string Row = "behaviour";

    private readonly TableClient table;
    private readonly SandboxOutbox outbox;
    private readonly Secrets secrets;
    private readonly MachineClock clock;

    internal SandboxSms(Storage storage, SandboxOutbox outbox, Secrets secrets, MachineClock clock) =>
        (table, this.outbox, this.secrets, this.clock) = (storage.Table(SandboxOutbox.TableName), outbox, secrets, clock);

    internal bool IsSigned(HttpRequest request, ReadOnlySpan<byte> body) => RequestSignature.IsValid(
        secrets.Key("sms-requests"),
        request.Method,
        request.PathBase + request.Path,
        request.Headers[RequestSignature.TimestampHeader],
        request.Headers[RequestSignature.SignatureHeader],
        body,
        clock.GetUtcNow());

    /// <returns>Null when it is taken, and said so.</returns>
    internal async Task<DomainError?> TakeAsync(string messageId, string to, string text, string? code, CancellationToken cancellationToken)
    {
        var mode = await ModeAsync(cancellationToken);
        if (mode is SmsMode.Take or SmsMode.LoseAnswers)
        {
            await outbox.AddSmsAsync(to, text, messageId, code, cancellationToken);
        }

        return mode switch
        {
            SmsMode.Take => null,
            SmsMode.Refuse => SandboxErrors.SmsRefused,
            SmsMode.Down or SmsMode.LoseAnswers => SandboxErrors.SmsGatewayDown,
        };
    }

    internal async Task<SmsMode> ModeAsync(CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(Partition, Row, cancellationToken: cancellationToken);
        return found is { HasValue: true, Value: { } row } ? Enum.Parse<SmsMode>(row.GetString("Mode")) : SmsMode.Take;
    }

    internal Task SetModeAsync(SmsMode mode, CancellationToken cancellationToken) =>
        table.UpsertEntityAsync(new TableEntity(Partition, Row) { ["Mode"] = mode.ToString() }, TableUpdateMode.Replace, cancellationToken);
}
