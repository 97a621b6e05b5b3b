using System.Net;
using System.Text;

namespace WsActors.AspNetCore.Tests;

/// <summary>
/// The body of a request that the test sends later. With <c>Expect: 100-continue</c> it is asked for when the app reads it: the request is
/// in flight then.
/// </summary>
internal sealed class GatedContent(string text) : HttpContent
{
    private readonly byte[] _body = Encoding.UTF8.GetBytes(text);

    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the app reads the body.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Sends the body.</summary>
    public void Open() => _opened.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        _asked.TrySetResult();
        await _opened.Task.WaitAsync(App.Limit());
        await stream.WriteAsync(_body);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
