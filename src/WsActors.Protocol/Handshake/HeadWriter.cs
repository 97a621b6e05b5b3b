using System.Buffers;

namespace WsActors.Protocol.Handshake;

/// <summary>Writes the lines of a head. Headers are safe by construction, see <see cref="HttpHeader"/>.</summary>
internal static class HeadWriter
{
    extension(IBufferWriter<byte> output)
    {
        public void WriteLine(string line)
        {
            FieldValueEncoding.Write(line, output);
            output.Write("\r\n"u8);
        }

        public void WriteHeader(HttpHeader header) => output.WriteLine($"{header.Name}: {header.Value}");

        /// <summary>Writes the headers except those with the given names, which the caller writes itself.</summary>
        public void WriteHeadersExcept(string[] names, IEnumerable<HttpHeader> headers)
        {
            foreach (var header in headers)
            {
                if (!names.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                {
                    output.WriteHeader(header);
                }
            }
        }
    }
}
