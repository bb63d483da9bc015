using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>
/// The rings for one instance. A ring stands until its message is consumed, because nothing else leads to a message of an instance
/// that has no timer. Its sender may have died before it wrote the message: what no look has found in all the time that a sender may
/// take is given up.
/// </summary>
internal sealed class InstanceRings(HubSession session)
{
    private readonly HashSet<string> _consumed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RingMail> _open = new(StringComparer.Ordinal);

    public bool AreOpen => _open.Count > 0;

    /// <summary>Whether the inbox holds, or may hold, what has not been seen. The start that made the instance, and messages seen with it, are known.</summary>
    public bool AskForALook => _open.Values.Any(mail => !_consumed.Contains(mail.Ring.MessageKey));

    public void Add(RingMail mail)
    {
        _open[mail.Ring.RowKey] = mail;
        mail.Accept();
    }

    public void Consumed(IEnumerable<InboxMessage> messages) => _consumed.UnionWith(messages.Select(message => message.Key));

    /// <param name="state">As it stands after the step.</param>
    /// <param name="looked">Whether the inbox was read within the step, that is after the rings were added.</param>
    public void Resolve(InstanceState? state, bool looked)
    {
        foreach (var mail in _open.Values.ToList())
        {
            var key = mail.Ring.MessageKey;
            var isDone = _consumed.Contains(key) || (state?.Inbox.Any(message => message.Key == key) == true
                ? state.WaitsForItsStart // The row of that time leads to the inbox.
                : looked && mail.IsLast);
            if (!isDone) continue;
            _open.Remove(mail.Ring.RowKey);
            session.Resolve(mail.Ring);
        }
    }
}
