using System.Diagnostics;
using Azure;
using Grpc.Core;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;
using Microsoft.Extensions.Logging;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Engine;

/// <summary>
/// An instance that is awake in the owner's memory. One thing at a time is done with it; what arrives meanwhile waits in
/// its mailbox. Its state is trusted until a commit fails, for only the owner writes heads.
/// </summary>
internal sealed class LiveInstance(string id, HubSession session)
{
    private const int EnoughVainLooks = 2;

    private readonly Lock _lock = new();
    private readonly InstanceTasks _tasks = new(id, session);
    private readonly InstanceRings _rings = new(session);
    private readonly EndReport _report = new(session);
    private readonly Dictionary<string, (IReadOnlyList<Mail> Mail, Turn Turn)> _unsure = new(StringComparer.Ordinal);
    private List<Mail> _mail = [];
    private IReadOnlySet<int> _cancelledTimers = new HashSet<int>();
    private bool _wake;
    private bool _reload = true;
    private bool _busy;
    private bool _gone;
    private int _failures;
    private int _looks;
    private int _vainLooks;

    public string Id => id;

    public InstanceState? State { get; private set; }

    /// <summary>Work rows of this instance that are known to be stored.</summary>
    public HashSet<WorkRow> Rows { get; } = [];

    /// <summary>A row that should be stored if the instance was put to sleep properly.</summary>
    public WorkRow? AssumedRow { get; private set; }

    /// <summary>Real time of the last activity.</summary>
    public long QuietSince { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>Whether it was announced and has not come yet, though looked for; it may still be on its way.</summary>
    public bool IsAwaited => State is null && _vainLooks < EnoughVainLooks && Rows.Count > 0;

    /// <summary>False when the instance has just left memory: ask for a new one.</summary>
    public bool Post(Mail? mail, WorkRow? row = null, bool reload = false)
    {
        lock (_lock)
        {
            if (_gone) return false;
            if (mail is not null) _mail.Add(mail);
            if (row is not null) Rows.Add(row);
            _wake = true;
            _reload |= reload;
            if (_busy) return true;
            _busy = true;
        }
        _ = Task.Run(RunAsync);
        return true;
    }

    /// <summary>Takes the instance if it has nothing to do; <see cref="Settled"/> gives it back.</summary>
    public bool TrySettle(TimeSpan quietTime, TimeSpan lostTime)
    {
        lock (_lock)
        {
            if (_busy || _gone || _tasks.AreRunning || _report.IsUnderWay || State is { IsEnded: false, PendingActivities.Count: > 0 }) return false;
            var needed = IsAwaited || _rings.AreOpen ? lostTime : quietTime;
            if (Stopwatch.GetElapsedTime(QuietSince) < needed) return false;
            _busy = true;
            return true;
        }
    }

    /// <param name="leave">Whether it may leave memory, its rows being right.</param>
    public void Settled(bool leave, IReadOnlyCollection<WorkRow> rows)
    {
        lock (_lock)
        {
            if (leave)
            {
                Rows.Clear();
                Rows.UnionWith(rows);
                AssumedRow = null;
            }
            if (leave && !_wake)
            {
                _gone = true;
                session.Forget(this);
                return;
            }
            if (!_wake)
            {
                _busy = false;
                return;
            }
        }
        _ = Task.Run(RunAsync);
    }

    public void End()
    {
        List<Mail> rest;
        lock (_lock)
        {
            _gone = true;
            (rest, _mail) = (_mail, []);
        }
        session.Forget(this);
        foreach (var mail in rest) mail.Refuse(new NotOwnerException());
    }

    private async Task RunAsync()
    {
        while (true)
        {
            List<Mail> mail;
            lock (_lock)
            {
                QuietSince = Stopwatch.GetTimestamp();
                if (_gone || (!_wake && _mail.Count == 0))
                {
                    _busy = false;
                    return;
                }
                (mail, _mail, _wake) = (_mail, [], false);
            }
            try
            {
                // Woken by its time, it is read while others play, and together with some of them that were woken too.
                using var place = mail.Count == 0 && State is null ? await session.EnterReadAsync() : null;
                if (place is not null) await LoadAsync();
                using (await session.EnterTurnAsync()) await StepAsync(mail);
                _failures = 0;
            }
            catch (Exception) when (session.HasEnded || session.IsStopping)
            {
                foreach (var answer in mail.OfType<EventMail>().Where(one => one.Event.Generation is not null && !one.Done.IsCompleted))
                    await session.AnswerAsync(id, answer.Event);
                foreach (var one in mail) one.Refuse(new NotOwnerException());
                End();
            }
            catch (Exception e)
            {
                // Storage failed, or answered too late: what came in is tried again over what is really stored.
                session.Logger.LogWarning(e, "A step of orchestration {InstanceId} failed and is repeated", id);
                lock (_lock)
                {
                    _mail.InsertRange(0, mail.Where(one => !one.Done.IsCompleted));
                    (_wake, _reload) = (true, true);
                }
                await session.DelayAsync(TimeSpan.FromMilliseconds(Math.Min(10_000, 50 << Math.Min(_failures++, 10))));
            }
        }
    }

    private async Task StepAsync(List<Mail> mail)
    {
        var looks = _looks;
        foreach (var ring in mail.OfType<RingMail>()) _rings.Add(ring);
        _reload |= _rings.AskForALook;
        foreach (var start in mail.OfType<StartMail>()) await StartAsync(start, mail);
        // Another host may have started the instance, or started it anew, since the last look.
        if (State is null or { IsEnded: true } && mail.Any(one => one is EventMail && !one.Done.IsCompleted)) _reload = true;
        if (_reload) await LoadAsync();
        Refuse(mail.OfType<EventMail>().Where(one => !one.Done.IsCompleted && State?.Takes(one.Event) != true));
        if (State is { IsEnded: false }) await TurnAsync(State, mail);
        else if (State is { Inbox.Count: > 0 }) await DropInboxAsync(State);
        _tasks.Dispatch(State);
        // Only a row says that those around it may not know it yet.
        if (Rows.Count > 0 && State is { IsEnded: true } && (State.Start?.Parent is not null || State.TakesChildrenAlong)) _report.Make(State);
        if (_rings.AreOpen && State is { WaitsForItsStart: true, NextDue: { } due }) await CoverAsync(new(due.Ticks, id), due.Ticks);
        _rings.Resolve(State, looked: _looks > looks);
    }

    /// <summary>A start and its first turn are one write, unless it is to be later; so what it replaces is looked at only on a conflict.</summary>
    private async Task StartAsync(StartMail start, List<Mail> mail)
    {
        // An earlier attempt may have landed.
        if (_unsure.Count > 0) await LoadAsync();
        while (!start.Done.IsCompleted)
        {
            try
            {
                if (start.Request.Begin(_reload ? null : State, session.Clock.GetUtcNow()) is not { } pending)
                {
                    start.Accept();
                    return;
                }
                if (pending.NextDue is { } due)
                {
                    await CoverAsync(new(due.Ticks, id), due.Ticks);
                    State = await session.Store.CreateAsync(pending, session.Token) ?? throw new RequestFailedException(409, "Another write came first.");
                    start.Accept();
                }
                else await TurnAsync(pending, [start, .. mail.OfType<EventMail>().Where(one => pending.IsMeantBy(one.Event))]);
                Entered();
            }
            catch (global::DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException e)
            {
                start.Refuse(e);
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412 or 404)
            {
                await LoadAsync();
            }
        }
    }

    /// <summary>What was remembered of another execution is void.</summary>
    private void Entered()
    {
        _vainLooks = 0;
        _report.Forget();
        // Read again only for what another host has sent meanwhile.
        lock (_lock) _reload = _rings.AskForALook;
        session.Enqueue(State!);
    }

    private async Task LoadAsync()
    {
        lock (_lock) _reload = false;
        var wasHere = State is not null;
        string? write;
        try
        {
            var found = await session.Store.LoadAsync(id, session.Token);
            write = found?.Write;
            State = found is { IsEnded: false } && session.MustFence ? await session.Store.FenceAsync(found, session.Token) : found;
        }
        catch
        {
            _reload = true;
            throw;
        }
        _looks++;
        if (State is null)
        {
            // One that was here has been purged; nobody waits for it to come.
            _vainLooks = wasHere ? EnoughVainLooks : _vainLooks + 1;
            return;
        }
        if (_unsure.TryGetValue(write!, out var landed))
        {
            // The commit whose answer was lost is there.
            foreach (var one in landed.Mail) one.Accept();
            _rings.Consumed(landed.Turn.Consumed);
            _unsure.Clear();
        }
        _cancelledTimers = new HashSet<int>();
        session.Enqueue(State);
        session.Changed(id);
        if (State.NextDue is not { } due || Rows.Count > 0) return;
        var row = new WorkRow(due.Ticks, id);
        if (!session.IsKnown(row)) AssumedRow = row;
        else lock (_lock) Rows.Add(row);
    }

    private async Task TurnAsync(InstanceState before, List<Mail> mail)
    {
        session.ThrowIfStopping();
        var events = mail.OfType<EventMail>().Where(one => !one.Done.IsCompleted).ToList();
        var turn = await Turn.PlayAsync(before, [.. events.Select(one => one.Event)], _cancelledTimers, session.Functions);
        if (turn is null)
        {
            foreach (var one in events) await KeepAsync(before, one);
            return;
        }
        await EnsureCoveredAsync(turn.After);
        session.ThrowIfNotOwner();
        _unsure[turn.After.Write] = ([.. events, .. mail.OfType<StartMail>()], turn);
        State = await session.Store.CommitAsync(turn.After, turn.Events, turn.Consumed, session.Token);
        _unsure.Clear();
        _rings.Consumed(turn.Consumed);
        _cancelledTimers = turn.CancelledTimers;
        foreach (var one in mail) one.Accept();
        session.Changed(id);
        if (State.NextDue != before.NextDue) session.Enqueue(State);
        if (State.Inbox.Count > 0 || State.NextDue <= session.Clock.GetUtcNow().UtcDateTime)
            lock (_lock) _wake = true;
    }

    /// <summary>What comes before a later start waits in the inbox; otherwise nobody wants it any more.</summary>
    private async Task KeepAsync(InstanceState before, EventMail mail)
    {
        if (before.History.Count == 0)
        {
            await session.Store.SendAsync(id, InstanceStore.NewMessageKey(TimeProvider.System.GetUtcNow().UtcTicks), mail.Event, session.Token);
            lock (_lock) _reload = true;
        }
        mail.Accept();
    }

    /// <summary>Before work is stored there must be a row by which a successor finds it.</summary>
    private async Task EnsureCoveredAsync(InstanceState after)
    {
        if (after.IsEnded && after.Start?.Parent is null && !after.TakesChildrenAlong) return;
        if (after.IsEnded || after.PendingActivities.Count > 0 || after.PendingChildren.Count > 0) await CoverAsync(new(WorkRow.Now, id), session.Clock.GetUtcNow().UtcTicks);
        else if (after.NextDue is { } due) await CoverAsync(new(due.Ticks, id), due.Ticks);
    }

    private async Task CoverAsync(WorkRow row, long inTime)
    {
        lock (_lock)
        {
            if (Rows.Any(known => known.Due <= inTime)) return;
        }
        await session.Work.AddAsync(row, session.Token);
        session.Learn(row);
        lock (_lock) Rows.Add(row);
    }

    private void Refuse(IEnumerable<EventMail> events)
    {
        foreach (var one in events)
        {
            one.Refuse(State is null
                ? new RpcException(new Status(StatusCode.NotFound, $"There is no orchestration with the instance id '{id}'."))
                : new RpcException(new Status(StatusCode.FailedPrecondition, $"The orchestration '{id}' is {State.Status}.")));
        }
    }

    private async Task DropInboxAsync(InstanceState state)
    {
        await session.Store.DropAsync(id, state.Inbox, session.Token);
        _rings.Consumed(state.Inbox);
        State = state with { Inbox = [] };
    }
}
