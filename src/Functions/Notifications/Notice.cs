using WalletFunctions.Domain;

namespace WalletFunctions.Notifications;

/// <summary>Something that the owner of an account is told.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Key">Names the occasion: <c>wdr_…:settled</c>. The same key again is the same notice, and tells nothing twice.</param>
/// <param name="Topic">One of <see cref="Domain.Notifications.NotificationTopic"/>: <c>withdrawal</c>.</param>
/// <param name="Title">The subject of a mail.</param>
/// <param name="Body">The whole message. It says nothing that a stranger who sees the telephone may not read.</param>
/// <param name="SubjectId">The withdrawal, refund or other thing it is about.</param>
internal sealed record Notice(AccountId Account, string Key, string Topic, Text Title, Text Body, string? SubjectId);
