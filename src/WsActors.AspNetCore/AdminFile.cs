using Microsoft.AspNetCore.Http;
using WsActors.Hosting;
using WsActors.Protocol.Handshake;

namespace WsActors.AspNetCore;

/// <summary>A file of an admin page. Immutable; any thread.</summary>
/// <param name="page">The page.</param>
/// <param name="name">The name of the file; empty for the page itself.</param>
internal sealed class AdminFile(WebSocketAdminPage page, string name)
{
    public Task RespondAsync(HttpContext context)
    {
        var request = context.Request;
        if (name.Length == 0 && request.Path.Value is not [.., '/'] && !request.QueryString.HasValue)
        {
            // The page loads its files relative to its own address.
            context.Response.Redirect($"{request.PathBase}{request.Path}/");
            return Task.CompletedTask;
        }

        var host = new HttpHeader("Host", request.Host.HasValue ? request.Host.ToUriComponent() : "localhost");
        var head = RequestHead.ForGet($"{request.PathBase}{request.Path}{request.QueryString}", [host]);
        return WriteAsync(
            context, head is null ? PlainResponse.Text(400, "The request is not one of a page.\n") : page.ResponseTo(name, head));
    }

    public static async Task WriteAsync(HttpContext context, PlainResponse plain)
    {
        context.Response.StatusCode = plain.Status;
        foreach (var header in plain.Headers)
        {
            context.Response.Headers.Append(header.Name, header.Value);
        }

        context.Response.ContentLength = plain.Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(plain.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
