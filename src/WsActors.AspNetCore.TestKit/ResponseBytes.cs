using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace WsActors.AspNetCore.TestKit;

/// <summary>Responses as HTTP/1.1 writes them (RFC 9112 §4).</summary>
internal static class ResponseBytes
{
    /// <summary>The head of a response of the app.</summary>
    public static byte[] HeadOf(HttpResponse response) => HeadOf(
        response.StatusCode,
        response.Headers.SelectMany(static header => header.Value.Select(value => $"{header.Key}: {value}\r\n")));

    /// <summary>A response without headers.</summary>
    public static byte[] HeadOf(int status, IEnumerable<string> headers) => Encoding.UTF8.GetBytes(
        string.Concat([$"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\n", .. headers, "\r\n"]));
}
