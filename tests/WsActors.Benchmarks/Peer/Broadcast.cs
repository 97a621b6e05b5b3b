using System.Net.WebSockets;

namespace WsActors.Benchmarks.Peer;

/// <summary>
/// Sends each message of a member to all, in a loop. One message is sent at a time, since two sends to one socket must not overlap; within
/// a message no member waits for another.
/// </summary>
internal sealed class Broadcast : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly List<Task> _slow = [];
    private readonly HashSet<WebSocket> _members = [];

    // The members to send to: rebuilt for the first message after a member joined or left.
    private WebSocket[]? _all;

    public async Task RunAsync(WebSocket socket)
    {
        Change(static (members, one) => members.Add(one), socket);
        try
        {
            using var messages = new MessageReader(socket);
            while (await messages.ReadAsync() is { Type: not WebSocketMessageType.Close, IsLast: true } message)
            {
                await SendToAllAsync(message);
            }
        }
        finally
        {
            Change(static (members, one) => members.Remove(one), socket);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None);
    }

    public void Dispose() => _sending.Dispose();

    private void Change(Func<HashSet<WebSocket>, WebSocket, bool> change, WebSocket member)
    {
        lock (_members)
        {
            change(_members, member);
            _all = null;
        }
    }

    private WebSocket[] All()
    {
        lock (_members)
        {
            return _all ??= [.. _members];
        }
    }

    private async Task SendToAllAsync(MessageReader.Part message)
    {
        await _sending.WaitAsync();
        try
        {
            foreach (var member in All())
            {
                var sent = member.SendAsync(message.Payload, message.Type, endOfMessage: true, CancellationToken.None);
                if (!sent.IsCompletedSuccessfully)
                {
                    _slow.Add(sent.AsTask());
                }
            }

            await Task.WhenAll(_slow).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _slow.Clear();
        }
        finally
        {
            _sending.Release();
        }
    }
}
