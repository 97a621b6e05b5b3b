using System.Net.WebSockets;
using System.Text.Json;

namespace WsActors.EndToEnd.Tests.Cluster;

/// <summary>A person in a room of the chat, played by the test.</summary>
internal sealed class ChatClient : IDisposable
{
    private readonly ClientWebSocket _socket;

    private ChatClient(ClientWebSocket socket) => _socket = socket;

    /// <summary>Why the server closed.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    /// <summary>The node that serves it.</summary>
    public string Node { get; private set; } = "";

    /// <summary>The name that the room gave.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Enters, and is welcomed.</summary>
    public static Task<ChatClient> EnterAsync(ServerProcess node, string room, string name) =>
        EnterAsync(node.WebSocketUri("/"), room, name);

    /// <summary>Enters, by any node or a balancer before them.</summary>
    public static async Task<ChatClient> EnterAsync(Uri server, string room, string name)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var client = new ChatClient(new ClientWebSocket());
        await client._socket.ConnectAsync(new Uri(server, $"/chat/{room}?name={name}&tab=tab-of-{name}"), patience.Token);
        client.Name = await client.ExpectAsync("welcome");
        return client;
    }

    public Task SayAsync(string text) => _socket.SendAsync(JsonSerializer.Serialize(new { type = "say", text }));

    /// <summary>Sends lines until the others have got one: nodes learn by gossip that one of them has a new member of a topic.</summary>
    public async Task SayUntilHeardAsync(string text, params ChatClient[] others)
    {
        var heard = Task.WhenAll(others.Select(other => other.ExpectAsync("said", Name, text)));
        while (!heard.IsCompleted)
        {
            await SayAsync(text);
            await Task.WhenAny(heard, Task.Delay(50));
        }

        await heard;
    }

    /// <summary>Waits for a message of a kind, ignoring others.</summary>
    /// <returns>The name in it.</returns>
    public async Task<string> ExpectAsync(string type, string? name = null, string? text = null) =>
        (await FindAsync(type, name, text)).GetProperty("name").GetString()!; // each has one

    /// <summary>The person's next line, ignoring other messages.</summary>
    public async Task<string> HearAsync(string name) => (await FindAsync("said", name)).GetProperty("text").GetString()!; // it has one

    /// <summary>All lines until one with a given text.</summary>
    public async Task<IReadOnlyList<(string Name, string Text)>> HearAllAsync(string last)
    {
        var heard = new List<(string Name, string Text)>();
        do
        {
            var said = await FindAsync("said", name: null);
            heard.Add((said.GetProperty("name").GetString()!, said.GetProperty("text").GetString()!)); // it has both
        }
        while (heard[^1].Text != last);
        return heard;
    }

    /// <summary>Waits until all of them have joined, in any order.</summary>
    public async Task SeeAsync(params string[] names)
    {
        var missing = names.ToHashSet();
        while (missing.Count > 0)
        {
            missing.Remove(await ExpectAsync("joined"));
        }
    }

    /// <summary>Waits for any end of the connection.</summary>
    public async Task ExpectEndAsync()
    {
        try
        {
            while ((await _socket.ReceiveAsync()).Type != WebSocketMessageType.Close)
            {
            }

            await _socket.CloseAsync();
        }
        catch (WebSocketException)
        {
            // A killed process sends nothing.
        }
    }

    public Task LeaveAsync() => _socket.CloseAsync();

    private async Task<JsonElement> FindAsync(string type, string? name, string? text = null)
    {
        while (true)
        {
            var message = JsonSerializer.Deserialize<JsonElement>(await _socket.ReceiveTextAsync());
            if (message.TryGetProperty("node", out var node))
            {
                Node = node.GetString()!; // it is a text
            }

            if (Is("type", type) && (name is null || Is("name", name)) && (text is null || Is("text", text)))
            {
                return message;
            }

            bool Is(string property, string value) => message.TryGetProperty(property, out var found) && found.GetString() == value;
        }
    }

    public void Dispose() => _socket.Dispose();
}
