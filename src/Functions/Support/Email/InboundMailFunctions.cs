using System.Text.Json;
using Microsoft.Azure.Functions.Worker;

namespace WalletFunctions.Support.Email;

/// <summary>The queue of stored mail. Its messages only name a mail; the mail itself is in its blob (claim check).</summary>
public sealed class InboundMailFunctions(InboundMail mail)
{
    /// <summary>Reads one mail into the inbox.</summary>
    [Function("ReadMail")]
    public Task Read([QueueTrigger(InboundMailNote.QueueName)] string note, CancellationToken cancellationToken) =>
        RawIdOf(note) is { } rawId ? mail.WorkAsync(rawId, cancellationToken) : Task.CompletedTask;

    /// <summary>Parks what failed at every try.</summary>
    [Function("ParkMail")]
    public Task Park([QueueTrigger(InboundMailNote.QueueName + "-poison")] string note, CancellationToken cancellationToken) =>
        RawIdOf(note) is { } rawId ? mail.GiveUpAsync(rawId, cancellationToken) : Task.CompletedTask;

    /// <summary>Null for a message that is not ours; trying it again would not help.</summary>
    private static string? RawIdOf(string note)
    {
        try
        {
            return JsonSerializer.Deserialize<InboundMailNote>(note, JsonSerializerOptions.Web)?.RawId;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
