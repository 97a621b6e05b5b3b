using System.Buffers;
using System.Text;
using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// Writes one message for another node: whole numbers in seven bits a byte, lowest first (those that may be negative zigzag); texts and
/// bytes behind their length; a payload last, without one. Used by one thread, for one message.
/// </summary>
/// <param name="requiredSystem">Where the serializers are that write the user's objects.</param>
internal sealed class MessageWriter(RequiredSystem requiredSystem)
{
    private readonly ArrayBufferWriter<byte> _head = new(initialCapacity: 128);

    /// <summary>The bytes at the end of the message, copied once.</summary>
    private ReadOnlyMemory<byte> _payload;

    public void Byte(byte value) => _head.Write([value]);

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A number that is not negative.</summary>
    public void Count(long value) => Unsigned(checked((ulong)value));

    /// <summary>Any number: 0, -1, 1, -2 become 0, 1, 2, 3, so that small ones stay short.</summary>
    public void Number(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Time(TimeSpan time) => Number(time.Ticks);

    public void Date(DateTimeOffset date)
    {
        Number(date.Ticks);
        Number((long)date.Offset.TotalMinutes);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        _head.Write(bytes);
    }

    /// <summary>A text, or 0 for none: so lengths are one more.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Byte(0);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Count(bytes.Length + 1L);
        _head.Write(bytes);
    }

    public void Optional<T>(T? value, Action<T> write)
        where T : struct
    {
        Flag(value is not null);
        if (value is { } given)
        {
            write(given);
        }
    }

    public void List<T>(IReadOnlyCollection<T> values, Action<T> write)
    {
        Count(values.Count);
        foreach (var value in values)
        {
            write(value);
        }
    }

    public void Map(IReadOnlyDictionary<string, string> map) => List(map, pair =>
    {
        Text(pair.Key);
        Text(pair.Value);
    });

    /// <summary>An actor, by its path with the address of this node.</summary>
    public void Ref(IActorRef? actor) => Text(actor is null ? null : Akka.Serialization.Serialization.SerializedActorPath(actor));

    /// <summary>Something of the user's: Akka's own serialization says how.</summary>
    public void Any(object? value)
    {
        Flag(value is not null);
        if (value is not null)
        {
            var serializer = requiredSystem.Serializers.FindSerializerFor(value);
            Number(serializer.Identifier);
            Text(Akka.Serialization.Serialization.ManifestFor(serializer, value));
            Bytes(serializer.ToBinary(value));
        }
    }

    /// <summary>The payload of the message, written last.</summary>
    public void Payload(ReadOnlyMemory<byte> payload) => _payload = payload;

    public byte[] ToArray()
    {
        var message = new byte[_head.WrittenCount + _payload.Length];
        _head.WrittenSpan.CopyTo(message);
        _payload.Span.CopyTo(message.AsSpan(_head.WrittenCount));
        return message;
    }

    private void Unsigned(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }
}
