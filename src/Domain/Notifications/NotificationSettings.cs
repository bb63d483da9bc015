using System.Collections.Frozen;

namespace WalletFunctions.Domain.Notifications;

/// <summary>The channels outside the app that somebody wants for one topic.</summary>
/// <param name="Sms">By short message.</param>
/// <param name="Mail">By mail, where the account has an address.</param>
public readonly record struct ChannelChoice(bool Sms, bool Mail)
{
    /// <summary>What holds until somebody chooses.</summary>
    public static ChannelChoice Default { get; } = new(Sms: true, Mail: true);
}

/// <summary>What somebody chose, topic by topic.</summary>
public sealed class NotificationSettings
{
    private const char Between = ';';

    private readonly FrozenDictionary<string, ChannelChoice> chosen;

    private NotificationSettings(IEnumerable<KeyValuePair<string, ChannelChoice>> chosen) =>
        this.chosen = chosen.Where(one => one.Value != ChannelChoice.Default).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Of somebody who chose nothing.</summary>
    public static NotificationSettings Default { get; } = new([]);

    /// <summary>The choice for a topic.</summary>
    public ChannelChoice For(string topic) => chosen.GetValueOrDefault(topic, ChannelChoice.Default);

    /// <summary>Changes one topic; a null leaves a channel as it was.</summary>
    /// <returns>The settings afterwards, or <c>notification_channel_required</c> where nothing would be left that must reach somebody.</returns>
    public Result<NotificationSettings> With(string topic, bool? sms, bool? mail)
    {
        var now = For(topic);
        var next = new ChannelChoice(sms ?? now.Sms, mail ?? now.Mail);
        return NotificationTopic.MustReach(topic) && next is { Sms: false, Mail: false }
            ? NotificationErrors.ChannelRequired(topic)
            : new NotificationSettings(chosen.Where(one => one.Key != topic).Append(new(topic, next)));
    }

    /// <summary>The channels on which somebody is told of a topic, the app first.</summary>
    /// <param name="topic">What it is about.</param>
    /// <param name="isOpen">Whether the account is; who has closed it is left in peace.</param>
    /// <param name="hasMail">Whether it has an address.</param>
    public IReadOnlyList<NotificationChannel> ChannelsFor(string topic, bool isOpen, bool hasMail)
    {
        var choice = For(topic);
        var mail = choice.Mail && hasMail;
        var sms = choice.Sms || (!mail && NotificationTopic.MustReach(topic));
        return (isOpen && sms, isOpen && mail) switch
        {
            (true, true) => [NotificationChannel.InApp, NotificationChannel.Sms, NotificationChannel.Mail],
            (true, false) => [NotificationChannel.InApp, NotificationChannel.Sms],
            (false, true) => [NotificationChannel.InApp, NotificationChannel.Mail],
            (false, false) => [NotificationChannel.InApp],
        };
    }

    /// <summary>As stored: <c>refund=s;support=</c>. Only what differs from the default is in it.</summary>
    public override string ToString() => string.Join(Between, chosen.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={(one.Value.Sms ? "s" : "")}{(one.Value.Mail ? "m" : "")}"));

    /// <summary>Reads what <see cref="ToString"/> wrote; null is the default.</summary>
    public static NotificationSettings Parse(string? text) => string.IsNullOrEmpty(text)
        ? Default
        : new NotificationSettings(text.Split(Between).Select(one => one.Split('=')).Select(one =>
            new KeyValuePair<string, ChannelChoice>(one[0], new ChannelChoice(one[1].Contains('s', StringComparison.Ordinal), one[1].Contains('m', StringComparison.Ordinal)))));
}
