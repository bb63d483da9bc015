using MailKit.Search;
using MimeKit;

namespace MailKit;

/// <summary>A mailbox. Reading never marks a message as seen; one folder per connection is open at a time.</summary>
public interface IMailFolder
{
    FolderAccess Access { get; }
    bool IsOpen { get; }
    string FullName { get; }
    MessageFlags PermanentFlags { get; }
    uint UidValidity { get; }
    UniqueId? UidNext { get; }
    int Count { get; }

    Task<FolderAccess> OpenAsync(FolderAccess access, CancellationToken cancellationToken = default);
    Task CloseAsync(bool expunge = false, CancellationToken cancellationToken = default);
    Task<UniqueId?> AppendAsync(IAppendRequest request, CancellationToken cancellationToken = default);
    Task<UniqueId?> MoveToAsync(UniqueId uid, IMailFolder destination, CancellationToken cancellationToken = default);
    Task<IList<IMessageSummary>> FetchAsync(IList<UniqueId> uids, IFetchRequest request, CancellationToken cancellationToken = default);
    Task<HeaderList> GetHeadersAsync(UniqueId uid, CancellationToken cancellationToken = default, ITransferProgress? progress = null);
    Task<MimeMessage> GetMessageAsync(UniqueId uid, CancellationToken cancellationToken = default, ITransferProgress? progress = null);
    Task<Stream> GetStreamAsync(UniqueId uid, CancellationToken cancellationToken = default, ITransferProgress? progress = null);
    Task<Stream> GetStreamAsync(UniqueId uid, int offset, int count, CancellationToken cancellationToken = default, ITransferProgress? progress = null);
    Task<bool> StoreAsync(UniqueId uid, IStoreFlagsRequest request, CancellationToken cancellationToken = default);
    Task<IList<UniqueId>> StoreAsync(IList<UniqueId> uids, IStoreFlagsRequest request, CancellationToken cancellationToken = default);
    Task<IList<UniqueId>> SearchAsync(SearchQuery query, CancellationToken cancellationToken = default);
}

public static partial class IMailFolderExtensions
{
    public static Task<IList<IMessageSummary>> FetchAsync(this IMailFolder folder, IList<UniqueId> uids, MessageSummaryItems items, CancellationToken cancellationToken = default) =>
        folder.FetchAsync(uids, new FetchRequest(items), cancellationToken);

    public static Task<IList<IMessageSummary>> FetchAsync(this IMailFolder folder, IList<UniqueId> uids, MessageSummaryItems items, IEnumerable<HeaderId> headers, CancellationToken cancellationToken = default) =>
        folder.FetchAsync(uids, new FetchRequest(items, headers), cancellationToken);

    public static Task<IList<IMessageSummary>> FetchAsync(this IMailFolder folder, IList<UniqueId> uids, MessageSummaryItems items, IEnumerable<string> headers, CancellationToken cancellationToken = default) =>
        folder.FetchAsync(uids, new FetchRequest(items, headers), cancellationToken);

    public static Task AddFlagsAsync(this IMailFolder folder, UniqueId uid, MessageFlags flags, bool silent, CancellationToken cancellationToken = default) =>
        folder.StoreAsync(uid, new StoreFlagsRequest(StoreAction.Add, flags) { Silent = silent }, cancellationToken);

    public static Task AddFlagsAsync(this IMailFolder folder, IList<UniqueId> uids, MessageFlags flags, bool silent, CancellationToken cancellationToken = default) =>
        folder.StoreAsync(uids, new StoreFlagsRequest(StoreAction.Add, flags) { Silent = silent }, cancellationToken);

    public static Task<UniqueId?> AppendAsync(this IMailFolder folder, MimeMessage message, MessageFlags flags = MessageFlags.None, CancellationToken cancellationToken = default, ITransferProgress? progress = null)
    {
        if (progress is not null) throw new NotSupportedException("The embedded MailKit does not report progress.");
        return folder.AppendAsync(new AppendRequest(message, flags), cancellationToken);
    }
}
