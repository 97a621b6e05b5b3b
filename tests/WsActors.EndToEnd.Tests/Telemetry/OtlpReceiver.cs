using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace WsActors.EndToEnd.Tests.Telemetry;

/// <summary>A collector of OTLP over HTTP that takes every request. The names in the protobuf are plain text.</summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();

    private readonly ConcurrentQueue<Request> _requests = new();

    public OtlpReceiver()
    {
        Address = new Uri($"http://127.0.0.1:{FreePorts.One()}");
        _listener.Prefixes.Add($"{Address}");
        _listener.Start();
        _ = TakeAsync();
    }

    public Uri Address { get; }

    public IReadOnlyCollection<Request> Requests => _requests;

    public void Dispose() => _listener.Close();

    private async Task TakeAsync()
    {
        while (true)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Enqueue(new Request(
                    context.Request.Url!.AbsolutePath, context.Request.ContentType ?? "", Encoding.Latin1.GetString(body.ToArray())));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
            catch (Exception e) when (e is ObjectDisposedException or HttpListenerException or IOException)
            {
                if (!_listener.IsListening)
                {
                    return;
                }
            }
        }
    }

    /// <summary>An export request.</summary>
    internal sealed record Request(string Path, string ContentType, string Body);
}
