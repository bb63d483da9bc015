using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Queues.Models;

namespace Azure.Storage.Queues;

public partial class QueueClient
{
    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText) =>
        SendMessageAsync(messageText, null, null);

    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText, CancellationToken cancellationToken = default) =>
        SendMessageAsync(messageText, null, null, cancellationToken);

    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText, TimeSpan? visibilityTimeout = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default) =>
        SendMessageAsync(messageText is null ? null : BinaryData.FromString(messageText), visibilityTimeout, timeToLive, cancellationToken);

    /// <param name="message">At most <see cref="MessageMaxBytes"/> as stored.</param>
    /// <param name="visibilityTimeout">Hidden for so long: 0 to 7 days, less than <paramref name="timeToLive"/>. Null: not at all.</param>
    /// <param name="timeToLive">Null: 7 days; -1 second: for ever.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the send.</param>
    public virtual async Task<Response<SendReceipt>> SendMessageAsync(BinaryData message, TimeSpan? visibilityTimeout = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        using var request = _pipeline.Request(RequestMethod.Post, MessagesUri, ("visibilitytimeout", Seconds(visibilityTimeout)), ("messagettl", Seconds(timeToLive)));
        StoragePipeline.SetXml(request.Request, Encoded(message));
        var response = await _pipeline.SendAsync(request, Expected.Created, cancellationToken).ConfigureAwait(false);
        var receipt = StoragePipeline.Xml(response).Elements("QueueMessage").Select(m => new SendReceipt
        {
            MessageId = (string)m.Element("MessageId"),
            InsertionTime = Time((string)m.Element("InsertionTime")),
            ExpirationTime = Time((string)m.Element("ExpirationTime")),
            PopReceipt = (string)m.Element("PopReceipt"),
            TimeNextVisible = Time((string)m.Element("TimeNextVisible")),
        }).First();
        return Response.FromValue(receipt, response);
    }

    /// <summary>The value is null if there is none to be had. Without a timeout it is hidden for 30 seconds.</summary>
    public virtual async Task<Response<QueueMessage>> ReceiveMessageAsync(TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        var messages = await ReceiveMessagesAsync(1, visibilityTimeout, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(messages.Value.FirstOrDefault(), messages.GetRawResponse());
    }

    public virtual Task<Response<QueueMessage[]>> ReceiveMessagesAsync() =>
        ReceiveMessagesAsync(null, null);

    public virtual Task<Response<QueueMessage[]>> ReceiveMessagesAsync(CancellationToken cancellationToken = default) =>
        ReceiveMessagesAsync(null, null, cancellationToken);

    /// <param name="maxMessages">1 to 32; null: 1.</param>
    /// <param name="visibilityTimeout">1 second to 7 days; null: 30 seconds.</param>
    /// <param name="cancellationToken">Ends the wait; messages already taken come back after the timeout.</param>
    /// <exception cref="FormatException">A message is not Base64, and the client was told that all are.</exception>
    public virtual async Task<Response<QueueMessage[]>> ReceiveMessagesAsync(int? maxMessages = null, TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        using var request = _pipeline.Request(RequestMethod.Get, MessagesUri, ("numofmessages", maxMessages?.ToString(CultureInfo.InvariantCulture)), ("visibilitytimeout", Seconds(visibilityTimeout)));
        var response = await _pipeline.SendAsync(request, Expected.Ok, cancellationToken).ConfigureAwait(false);
        var messages = StoragePipeline.Xml(response).Elements("QueueMessage").Select(m => new QueueMessage
        {
            MessageId = (string)m.Element("MessageId"),
            PopReceipt = (string)m.Element("PopReceipt"),
            Body = Decoded((string)m.Element("MessageText")),
            NextVisibleOn = OptionalTime(m, "TimeNextVisible"),
            InsertedOn = OptionalTime(m, "InsertionTime"),
            ExpiresOn = OptionalTime(m, "ExpirationTime"),
            DequeueCount = (long)m.Element("DequeueCount"),
        }).ToArray();
        return Response.FromValue(messages, response);
    }

    public virtual async Task<Response<PeekedMessage>> PeekMessageAsync(CancellationToken cancellationToken = default)
    {
        var messages = await PeekMessagesAsync(1, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(messages.Value.FirstOrDefault(), messages.GetRawResponse());
    }

    public virtual async Task<Response<PeekedMessage[]>> PeekMessagesAsync(int? maxMessages = null, CancellationToken cancellationToken = default)
    {
        using var request = _pipeline.Request(RequestMethod.Get, MessagesUri, ("peekonly", "true"), ("numofmessages", maxMessages?.ToString(CultureInfo.InvariantCulture)));
        var response = await _pipeline.SendAsync(request, Expected.Ok, cancellationToken).ConfigureAwait(false);
        var messages = StoragePipeline.Xml(response).Elements("QueueMessage").Select(m => new PeekedMessage
        {
            MessageId = (string)m.Element("MessageId"),
            Body = Decoded((string)m.Element("MessageText")),
            InsertedOn = OptionalTime(m, "InsertionTime"),
            ExpiresOn = OptionalTime(m, "ExpirationTime"),
            DequeueCount = (long)m.Element("DequeueCount"),
        }).ToArray();
        return Response.FromValue(messages, response);
    }

    public virtual Task<Response<UpdateReceipt>> UpdateMessageAsync(string messageId, string popReceipt, string messageText = null, TimeSpan visibilityTimeout = default, CancellationToken cancellationToken = default) =>
        UpdateMessageAsync(messageId, popReceipt, messageText is null ? null : BinaryData.FromString(messageText), visibilityTimeout, cancellationToken);

    /// <summary>Hides the message for <paramref name="visibilityTimeout"/> from now (default: not at all), and replaces its content unless that is null.</summary>
    /// <exception cref="RequestFailedException">404 MessageNotFound or 400 PopReceiptMismatch: somebody else has it.</exception>
    public virtual async Task<Response<UpdateReceipt>> UpdateMessageAsync(string messageId, string popReceipt, BinaryData message, TimeSpan visibilityTimeout = default, CancellationToken cancellationToken = default)
    {
        using var request = _pipeline.Request(RequestMethod.Put, MessageUri(messageId), ("popreceipt", popReceipt), ("visibilitytimeout", Seconds(visibilityTimeout)));
        if (message is not null) StoragePipeline.SetXml(request.Request, Encoded(message));
        var response = await _pipeline.SendAsync(request, Expected.NoContent, cancellationToken).ConfigureAwait(false);
        var receipt = new UpdateReceipt
        {
            PopReceipt = StoragePipeline.Header(response, "x-ms-popreceipt"),
            NextVisibleOn = Time(StoragePipeline.Header(response, "x-ms-time-next-visible")),
        };
        return Response.FromValue(receipt, response);
    }

    /// <exception cref="RequestFailedException">404 MessageNotFound or 400 PopReceiptMismatch: it is done, but may run twice.</exception>
    public virtual async Task<Response> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default)
    {
        using var request = _pipeline.Request(RequestMethod.Delete, MessageUri(messageId), ("popreceipt", popReceipt));
        return await _pipeline.SendAsync(request, Expected.NoContent, cancellationToken).ConfigureAwait(false);
    }

    public virtual async Task<Response> ClearMessagesAsync(CancellationToken cancellationToken = default)
    {
        using var request = _pipeline.Request(RequestMethod.Delete, MessagesUri);
        return await _pipeline.SendAsync(request, Expected.NoContent, cancellationToken).ConfigureAwait(false);
    }

    private Uri MessageUri(string messageId) => StoragePipeline.Child(MessagesUri, messageId);

    private XElement Encoded(BinaryData message)
    {
        var text = message is null ? "" : _encoding == QueueMessageEncoding.Base64 ? Convert.ToBase64String(message.ToMemory().Span) : message.ToString();
        return new XElement("QueueMessage", new XElement("MessageText", text));
    }

    private BinaryData Decoded(string text) => text is null ? null : _encoding == QueueMessageEncoding.Base64 ? BinaryData.FromBytes(Convert.FromBase64String(text)) : BinaryData.FromString(text);
}
