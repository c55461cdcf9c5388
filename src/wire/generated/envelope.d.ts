import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");
export namespace linnet {
    namespace v1 {
        enum Direction {
            DIRECTION_UNSPECIFIED = 0,
            DIRECTION_REQUEST = 1,
            DIRECTION_RESPONSE = 2,
            DIRECTION_PUSH = 3
        }
        interface IEnvelope extends linnet.v1.Envelope.$Properties {
        }
        class Envelope {
            constructor(properties?: linnet.v1.Envelope.$Properties);
            $unknowns?: Uint8Array[];
            direction: linnet.v1.Direction;
            cmd: number;
            header?: (linnet.v1.Header.$Properties|null);
            route?: (linnet.v1.Route.$Properties|null);
            content?: (linnet.v1.Content.$Properties|null);
            control?: (linnet.v1.Control.$Properties|null);
            options?: (linnet.v1.Options.$Properties|null);
            response?: (linnet.v1.Response.$Properties|null);
            messageExtra?: (linnet.v1.MessageExtra.$Properties|null);
            static encode(message: linnet.v1.Envelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Envelope & linnet.v1.Envelope.$Shape;
        }
        namespace Envelope {
            interface $Properties {
                direction?: (linnet.v1.Direction|null);
                cmd?: (number|null);
                header?: (linnet.v1.Header.$Properties|null);
                route?: (linnet.v1.Route.$Properties|null);
                content?: (linnet.v1.Content.$Properties|null);
                control?: (linnet.v1.Control.$Properties|null);
                options?: (linnet.v1.Options.$Properties|null);
                response?: (linnet.v1.Response.$Properties|null);
                messageExtra?: (linnet.v1.MessageExtra.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              direction?: linnet.v1.Direction|null;
              cmd?: number|null;
              header?: linnet.v1.Header.$Shape|null;
              route?: linnet.v1.Route.$Shape|null;
              content?: linnet.v1.Content.$Shape|null;
              control?: linnet.v1.Control.$Shape|null;
              options?: linnet.v1.Options.$Shape|null;
              response?: linnet.v1.Response.$Shape|null;
              messageExtra?: linnet.v1.MessageExtra.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IHeader extends linnet.v1.Header.$Properties {
        }
        class Header {
            constructor(properties?: linnet.v1.Header.$Properties);
            $unknowns?: Uint8Array[];
            version: number;
            localId: string;
            timestamp?: (number|Long|null);
            platform: string;
            deviceId: string;
            static encode(message: linnet.v1.Header.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Header & linnet.v1.Header.$Shape;
        }
        namespace Header {
            interface $Properties {
                version?: (number|null);
                localId?: (string|null);
                timestamp?: (number|Long|null);
                platform?: (string|null);
                deviceId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Header.$Properties;
        }
        interface IRoute extends linnet.v1.Route.$Properties {
        }
        class Route {
            constructor(properties?: linnet.v1.Route.$Properties);
            $unknowns?: Uint8Array[];
            type: number;
            conversationId?: (number|Long|null);
            conversationType: number;
            from: string;
            to: string;
            target: string[];
            source: string;
            static encode(message: linnet.v1.Route.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Route & linnet.v1.Route.$Shape;
        }
        namespace Route {
            interface $Properties {
                type?: (number|null);
                conversationId?: (number|Long|null);
                conversationType?: (number|null);
                from?: (string|null);
                to?: (string|null);
                target?: (string[]|null);
                source?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Route.$Properties;
        }
        interface IContent extends linnet.v1.Content.$Properties {
        }
        class Content {
            constructor(properties?: linnet.v1.Content.$Properties);
            $unknowns?: Uint8Array[];
            text: string;
            items: linnet.v1.Item.$Properties[];
            mentions?: (linnet.v1.Mentions.$Properties|null);
            quote?: (linnet.v1.Quote.$Properties|null);
            extension: string;
            greeting?: (linnet.v1.Greeting.$Properties|null);
            hint?: (linnet.v1.Hint.$Properties|null);
            sync?: (linnet.v1.SyncRequest.$Properties|null);
            conversationList?: (linnet.v1.ConversationListRequest.$Properties|null);
            history?: (linnet.v1.HistoryRequest.$Properties|null);
            receipt?: (linnet.v1.ReceiptRequest.$Properties|null);
            read?: (linnet.v1.ReadRequest.$Properties|null);
            readAll?: (linnet.v1.ReadAllRequest.$Properties|null);
            readCancel?: (linnet.v1.ReadCancelRequest.$Properties|null);
            recall?: (linnet.v1.RecallRequest.$Properties|null);
            delete?: (linnet.v1.DeleteRequest.$Properties|null);
            edit?: (linnet.v1.EditRequest.$Properties|null);
            reaction?: (linnet.v1.ReactionRequest.$Properties|null);
            groupCreate?: (linnet.v1.GroupCreateRequest.$Properties|null);
            groupJoin?: (linnet.v1.GroupJoinRequest.$Properties|null);
            groupLeave?: (linnet.v1.GroupLeaveRequest.$Properties|null);
            groupDismiss?: (linnet.v1.GroupDismissRequest.$Properties|null);
            groupUpdate?: (linnet.v1.GroupUpdateRequest.$Properties|null);
            groupMute?: (linnet.v1.GroupMuteRequest.$Properties|null);
            online?: (linnet.v1.OnlineRequest.$Properties|null);
            friendAdd?: (linnet.v1.FriendAddRequest.$Properties|null);
            friendDelete?: (linnet.v1.FriendDeleteRequest.$Properties|null);
            friendUpdate?: (linnet.v1.FriendUpdateRequest.$Properties|null);
            friendBlock?: (linnet.v1.FriendBlockRequest.$Properties|null);
            typing?: (linnet.v1.TypingRequest.$Properties|null);
            call?: (linnet.v1.CallSignal.$Properties|null);
            wide?: (linnet.v1.WideEvent.$Properties|null);
            pushToken?: (linnet.v1.PushTokenRequest.$Properties|null);
            conversationCreate?: (linnet.v1.ConversationCreateRequest.$Properties|null);
            conversationDelete?: (linnet.v1.ConversationDeleteRequest.$Properties|null);
            conversationUpdate?: (linnet.v1.ConversationUpdateRequest.$Properties|null);
            userMute?: (linnet.v1.UserMuteRequest.$Properties|null);
            userSetting?: (linnet.v1.UserSettings.$Properties|null);
            syncFriend?: (linnet.v1.SyncFriendRequest.$Properties|null);
            groupSync?: (linnet.v1.GroupSyncRequest.$Properties|null);
            pin?: (linnet.v1.PinRequest.$Properties|null);
            pins?: (linnet.v1.PinListRequest.$Properties|null);
            edits?: (linnet.v1.EditListRequest.$Properties|null);
            scheduled?: (linnet.v1.ScheduledRequest.$Properties|null);
            readers?: (linnet.v1.ReaderListRequest.$Properties|null);
            forward?: (linnet.v1.ForwardRequest.$Properties|null);
            forwarded?: (linnet.v1.ForwardedContent.$Properties|null);
            presence?: (linnet.v1.PresenceEvent.$Properties|null);
            data?: ("greeting"|"hint"|"sync"|"conversationList"|"history"|"receipt"|"read"|"readAll"|"readCancel"|"recall"|"delete"|"edit"|"reaction"|"groupCreate"|"groupJoin"|"groupLeave"|"groupDismiss"|"groupUpdate"|"groupMute"|"online"|"friendAdd"|"friendDelete"|"friendUpdate"|"friendBlock"|"typing"|"call"|"wide"|"pushToken"|"conversationCreate"|"conversationDelete"|"conversationUpdate"|"userMute"|"userSetting"|"syncFriend"|"groupSync"|"pin"|"pins"|"edits"|"scheduled"|"readers"|"forward"|"forwarded"|"presence");
            static encode(message: linnet.v1.Content.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Content & linnet.v1.Content.$Shape;
        }
        namespace Content {
            interface $Properties {
                text?: (string|null);
                items?: (linnet.v1.Item.$Properties[]|null);
                mentions?: (linnet.v1.Mentions.$Properties|null);
                quote?: (linnet.v1.Quote.$Properties|null);
                extension?: (string|null);
                greeting?: (linnet.v1.Greeting.$Properties|null);
                hint?: (linnet.v1.Hint.$Properties|null);
                sync?: (linnet.v1.SyncRequest.$Properties|null);
                conversationList?: (linnet.v1.ConversationListRequest.$Properties|null);
                history?: (linnet.v1.HistoryRequest.$Properties|null);
                receipt?: (linnet.v1.ReceiptRequest.$Properties|null);
                read?: (linnet.v1.ReadRequest.$Properties|null);
                readAll?: (linnet.v1.ReadAllRequest.$Properties|null);
                readCancel?: (linnet.v1.ReadCancelRequest.$Properties|null);
                recall?: (linnet.v1.RecallRequest.$Properties|null);
                "delete"?: (linnet.v1.DeleteRequest.$Properties|null);
                edit?: (linnet.v1.EditRequest.$Properties|null);
                reaction?: (linnet.v1.ReactionRequest.$Properties|null);
                groupCreate?: (linnet.v1.GroupCreateRequest.$Properties|null);
                groupJoin?: (linnet.v1.GroupJoinRequest.$Properties|null);
                groupLeave?: (linnet.v1.GroupLeaveRequest.$Properties|null);
                groupDismiss?: (linnet.v1.GroupDismissRequest.$Properties|null);
                groupUpdate?: (linnet.v1.GroupUpdateRequest.$Properties|null);
                groupMute?: (linnet.v1.GroupMuteRequest.$Properties|null);
                online?: (linnet.v1.OnlineRequest.$Properties|null);
                friendAdd?: (linnet.v1.FriendAddRequest.$Properties|null);
                friendDelete?: (linnet.v1.FriendDeleteRequest.$Properties|null);
                friendUpdate?: (linnet.v1.FriendUpdateRequest.$Properties|null);
                friendBlock?: (linnet.v1.FriendBlockRequest.$Properties|null);
                typing?: (linnet.v1.TypingRequest.$Properties|null);
                call?: (linnet.v1.CallSignal.$Properties|null);
                wide?: (linnet.v1.WideEvent.$Properties|null);
                pushToken?: (linnet.v1.PushTokenRequest.$Properties|null);
                conversationCreate?: (linnet.v1.ConversationCreateRequest.$Properties|null);
                conversationDelete?: (linnet.v1.ConversationDeleteRequest.$Properties|null);
                conversationUpdate?: (linnet.v1.ConversationUpdateRequest.$Properties|null);
                userMute?: (linnet.v1.UserMuteRequest.$Properties|null);
                userSetting?: (linnet.v1.UserSettings.$Properties|null);
                syncFriend?: (linnet.v1.SyncFriendRequest.$Properties|null);
                groupSync?: (linnet.v1.GroupSyncRequest.$Properties|null);
                pin?: (linnet.v1.PinRequest.$Properties|null);
                pins?: (linnet.v1.PinListRequest.$Properties|null);
                edits?: (linnet.v1.EditListRequest.$Properties|null);
                scheduled?: (linnet.v1.ScheduledRequest.$Properties|null);
                readers?: (linnet.v1.ReaderListRequest.$Properties|null);
                forward?: (linnet.v1.ForwardRequest.$Properties|null);
                forwarded?: (linnet.v1.ForwardedContent.$Properties|null);
                presence?: (linnet.v1.PresenceEvent.$Properties|null);
                data?: ("greeting"|"hint"|"sync"|"conversationList"|"history"|"receipt"|"read"|"readAll"|"readCancel"|"recall"|"delete"|"edit"|"reaction"|"groupCreate"|"groupJoin"|"groupLeave"|"groupDismiss"|"groupUpdate"|"groupMute"|"online"|"friendAdd"|"friendDelete"|"friendUpdate"|"friendBlock"|"typing"|"call"|"wide"|"pushToken"|"conversationCreate"|"conversationDelete"|"conversationUpdate"|"userMute"|"userSetting"|"syncFriend"|"groupSync"|"pin"|"pins"|"edits"|"scheduled"|"readers"|"forward"|"forwarded"|"presence");
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              text?: string|null;
              items?: linnet.v1.Item.$Shape[]|null;
              mentions?: linnet.v1.Mentions.$Shape|null;
              quote?: linnet.v1.Quote.$Shape|null;
              extension?: string|null;
              greeting?: linnet.v1.Greeting.$Shape|null;
              hint?: linnet.v1.Hint.$Shape|null;
              sync?: linnet.v1.SyncRequest.$Shape|null;
              conversationList?: linnet.v1.ConversationListRequest.$Shape|null;
              history?: linnet.v1.HistoryRequest.$Shape|null;
              receipt?: linnet.v1.ReceiptRequest.$Shape|null;
              read?: linnet.v1.ReadRequest.$Shape|null;
              readAll?: linnet.v1.ReadAllRequest.$Shape|null;
              readCancel?: linnet.v1.ReadCancelRequest.$Shape|null;
              recall?: linnet.v1.RecallRequest.$Shape|null;
              "delete"?: linnet.v1.DeleteRequest.$Shape|null;
              edit?: linnet.v1.EditRequest.$Shape|null;
              reaction?: linnet.v1.ReactionRequest.$Shape|null;
              groupCreate?: linnet.v1.GroupCreateRequest.$Shape|null;
              groupJoin?: linnet.v1.GroupJoinRequest.$Shape|null;
              groupLeave?: linnet.v1.GroupLeaveRequest.$Shape|null;
              groupDismiss?: linnet.v1.GroupDismissRequest.$Shape|null;
              groupUpdate?: linnet.v1.GroupUpdateRequest.$Shape|null;
              groupMute?: linnet.v1.GroupMuteRequest.$Shape|null;
              online?: linnet.v1.OnlineRequest.$Shape|null;
              friendAdd?: linnet.v1.FriendAddRequest.$Shape|null;
              friendDelete?: linnet.v1.FriendDeleteRequest.$Shape|null;
              friendUpdate?: linnet.v1.FriendUpdateRequest.$Shape|null;
              friendBlock?: linnet.v1.FriendBlockRequest.$Shape|null;
              typing?: linnet.v1.TypingRequest.$Shape|null;
              call?: linnet.v1.CallSignal.$Shape|null;
              wide?: linnet.v1.WideEvent.$Shape|null;
              pushToken?: linnet.v1.PushTokenRequest.$Shape|null;
              conversationCreate?: linnet.v1.ConversationCreateRequest.$Shape|null;
              conversationDelete?: linnet.v1.ConversationDeleteRequest.$Shape|null;
              conversationUpdate?: linnet.v1.ConversationUpdateRequest.$Shape|null;
              userMute?: linnet.v1.UserMuteRequest.$Shape|null;
              userSetting?: linnet.v1.UserSettings.$Shape|null;
              syncFriend?: linnet.v1.SyncFriendRequest.$Shape|null;
              groupSync?: linnet.v1.GroupSyncRequest.$Shape|null;
              pin?: linnet.v1.PinRequest.$Shape|null;
              pins?: linnet.v1.PinListRequest.$Shape|null;
              edits?: linnet.v1.EditListRequest.$Shape|null;
              scheduled?: linnet.v1.ScheduledRequest.$Shape|null;
              readers?: linnet.v1.ReaderListRequest.$Shape|null;
              forward?: linnet.v1.ForwardRequest.$Shape|null;
              forwarded?: linnet.v1.ForwardedContent.$Shape|null;
              presence?: linnet.v1.PresenceEvent.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ data?: undefined; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "greeting"; greeting: linnet.v1.Greeting.$Shape; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "hint"; greeting?: null; hint: linnet.v1.Hint.$Shape; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "sync"; greeting?: null; hint?: null; sync: linnet.v1.SyncRequest.$Shape; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "conversationList"; greeting?: null; hint?: null; sync?: null; conversationList: linnet.v1.ConversationListRequest.$Shape; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "history"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history: linnet.v1.HistoryRequest.$Shape; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "receipt"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt: linnet.v1.ReceiptRequest.$Shape; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "read"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read: linnet.v1.ReadRequest.$Shape; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "readAll"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll: linnet.v1.ReadAllRequest.$Shape; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "readCancel"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel: linnet.v1.ReadCancelRequest.$Shape; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "recall"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall: linnet.v1.RecallRequest.$Shape; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "delete"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete": linnet.v1.DeleteRequest.$Shape; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "edit"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit: linnet.v1.EditRequest.$Shape; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "reaction"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction: linnet.v1.ReactionRequest.$Shape; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupCreate"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate: linnet.v1.GroupCreateRequest.$Shape; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupJoin"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin: linnet.v1.GroupJoinRequest.$Shape; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupLeave"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave: linnet.v1.GroupLeaveRequest.$Shape; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupDismiss"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss: linnet.v1.GroupDismissRequest.$Shape; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupUpdate"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate: linnet.v1.GroupUpdateRequest.$Shape; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupMute"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute: linnet.v1.GroupMuteRequest.$Shape; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "online"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online: linnet.v1.OnlineRequest.$Shape; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "friendAdd"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd: linnet.v1.FriendAddRequest.$Shape; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "friendDelete"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete: linnet.v1.FriendDeleteRequest.$Shape; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "friendUpdate"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate: linnet.v1.FriendUpdateRequest.$Shape; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "friendBlock"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock: linnet.v1.FriendBlockRequest.$Shape; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "typing"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing: linnet.v1.TypingRequest.$Shape; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "call"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call: linnet.v1.CallSignal.$Shape; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "wide"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide: linnet.v1.WideEvent.$Shape; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "pushToken"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken: linnet.v1.PushTokenRequest.$Shape; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "conversationCreate"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate: linnet.v1.ConversationCreateRequest.$Shape; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "conversationDelete"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete: linnet.v1.ConversationDeleteRequest.$Shape; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "conversationUpdate"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate: linnet.v1.ConversationUpdateRequest.$Shape; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "userMute"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute: linnet.v1.UserMuteRequest.$Shape; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "userSetting"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting: linnet.v1.UserSettings.$Shape; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "syncFriend"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend: linnet.v1.SyncFriendRequest.$Shape; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "groupSync"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync: linnet.v1.GroupSyncRequest.$Shape; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "pin"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin: linnet.v1.PinRequest.$Shape; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "pins"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins: linnet.v1.PinListRequest.$Shape; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "edits"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits: linnet.v1.EditListRequest.$Shape; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "scheduled"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled: linnet.v1.ScheduledRequest.$Shape; readers?: null; forward?: null; forwarded?: null; presence?: null }|{ data?: "readers"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers: linnet.v1.ReaderListRequest.$Shape; forward?: null; forwarded?: null; presence?: null }|{ data?: "forward"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward: linnet.v1.ForwardRequest.$Shape; forwarded?: null; presence?: null }|{ data?: "forwarded"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded: linnet.v1.ForwardedContent.$Shape; presence?: null }|{ data?: "presence"; greeting?: null; hint?: null; sync?: null; conversationList?: null; history?: null; receipt?: null; read?: null; readAll?: null; readCancel?: null; recall?: null; "delete"?: null; edit?: null; reaction?: null; groupCreate?: null; groupJoin?: null; groupLeave?: null; groupDismiss?: null; groupUpdate?: null; groupMute?: null; online?: null; friendAdd?: null; friendDelete?: null; friendUpdate?: null; friendBlock?: null; typing?: null; call?: null; wide?: null; pushToken?: null; conversationCreate?: null; conversationDelete?: null; conversationUpdate?: null; userMute?: null; userSetting?: null; syncFriend?: null; groupSync?: null; pin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; forward?: null; forwarded?: null; presence: linnet.v1.PresenceEvent.$Shape })
            );
        }
        interface IPushTokenRequest extends linnet.v1.PushTokenRequest.$Properties {
        }
        class PushTokenRequest {
            constructor(properties?: linnet.v1.PushTokenRequest.$Properties);
            $unknowns?: Uint8Array[];
            provider: string;
            token: string;
            app: string;
            p256dh: string;
            auth: string;
            remove: boolean;
            static encode(message: linnet.v1.PushTokenRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PushTokenRequest & linnet.v1.PushTokenRequest.$Shape;
        }
        namespace PushTokenRequest {
            interface $Properties {
                provider?: (string|null);
                token?: (string|null);
                app?: (string|null);
                p256dh?: (string|null);
                auth?: (string|null);
                remove?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PushTokenRequest.$Properties;
        }
        interface IItem extends linnet.v1.Item.$Properties {
        }
        class Item {
            constructor(properties?: linnet.v1.Item.$Properties);
            $unknowns?: Uint8Array[];
            type: string;
            start: number;
            end: number;
            uid: string;
            name: string;
            url: string;
            thumbnail: string;
            width: number;
            height: number;
            size?: (number|Long|null);
            static encode(message: linnet.v1.Item.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Item & linnet.v1.Item.$Shape;
        }
        namespace Item {
            interface $Properties {
                type?: (string|null);
                start?: (number|null);
                end?: (number|null);
                uid?: (string|null);
                name?: (string|null);
                url?: (string|null);
                thumbnail?: (string|null);
                width?: (number|null);
                height?: (number|null);
                size?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Item.$Properties;
        }
        interface IMentions extends linnet.v1.Mentions.$Properties {
        }
        class Mentions {
            constructor(properties?: linnet.v1.Mentions.$Properties);
            $unknowns?: Uint8Array[];
            all: boolean;
            uids: string[];
            pushContent: string;
            static encode(message: linnet.v1.Mentions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Mentions & linnet.v1.Mentions.$Shape;
        }
        namespace Mentions {
            interface $Properties {
                all?: (boolean|null);
                uids?: (string[]|null);
                pushContent?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Mentions.$Properties;
        }
        interface IQuote extends linnet.v1.Quote.$Properties {
        }
        class Quote {
            constructor(properties?: linnet.v1.Quote.$Properties);
            $unknowns?: Uint8Array[];
            msgId?: (number|Long|null);
            text: string;
            static encode(message: linnet.v1.Quote.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Quote & linnet.v1.Quote.$Shape;
        }
        namespace Quote {
            interface $Properties {
                msgId?: (number|Long|null);
                text?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Quote.$Properties;
        }
        interface IControl extends linnet.v1.Control.$Properties {
        }
        class Control {
            constructor(properties?: linnet.v1.Control.$Properties);
            $unknowns?: Uint8Array[];
            persistent?: (boolean|null);
            syncDevice?: (boolean|null);
            priority: number;
            ttl: number;
            needReceipt?: (boolean|null);
            receiptType: number;
            readTimeout: number;
            push?: (linnet.v1.PushSettings.$Properties|null);
            security?: (linnet.v1.Security.$Properties|null);
            callback?: (linnet.v1.Callback.$Properties|null);
            sendAt?: (number|Long|null);
            static encode(message: linnet.v1.Control.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Control & linnet.v1.Control.$Shape;
        }
        namespace Control {
            interface $Properties {
                persistent?: (boolean|null);
                syncDevice?: (boolean|null);
                priority?: (number|null);
                ttl?: (number|null);
                needReceipt?: (boolean|null);
                receiptType?: (number|null);
                readTimeout?: (number|null);
                push?: (linnet.v1.PushSettings.$Properties|null);
                security?: (linnet.v1.Security.$Properties|null);
                callback?: (linnet.v1.Callback.$Properties|null);
                sendAt?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Control.$Properties;
        }
        interface IPushSettings extends linnet.v1.PushSettings.$Properties {
        }
        class PushSettings {
            constructor(properties?: linnet.v1.PushSettings.$Properties);
            $unknowns?: Uint8Array[];
            enable?: (boolean|null);
            title: string;
            content: string;
            payload: string;
            badge: number;
            sound: string;
            channelId: string;
            static encode(message: linnet.v1.PushSettings.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PushSettings & linnet.v1.PushSettings.$Shape;
        }
        namespace PushSettings {
            interface $Properties {
                enable?: (boolean|null);
                title?: (string|null);
                content?: (string|null);
                payload?: (string|null);
                badge?: (number|null);
                sound?: (string|null);
                channelId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PushSettings.$Properties;
        }
        interface ISecurity extends linnet.v1.Security.$Properties {
        }
        class Security {
            constructor(properties?: linnet.v1.Security.$Properties);
            $unknowns?: Uint8Array[];
            checkSensitive: boolean;
            checkSpam: boolean;
            encryption: string;
            sign: string;
            static encode(message: linnet.v1.Security.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Security & linnet.v1.Security.$Shape;
        }
        namespace Security {
            interface $Properties {
                checkSensitive?: (boolean|null);
                checkSpam?: (boolean|null);
                encryption?: (string|null);
                sign?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Security.$Properties;
        }
        interface ICallback extends linnet.v1.Callback.$Properties {
        }
        class Callback {
            constructor(properties?: linnet.v1.Callback.$Properties);
            $unknowns?: Uint8Array[];
            enable: boolean;
            url: string;
            events: string[];
            timeout: number;
            retry?: (linnet.v1.Retry.$Properties|null);
            security?: (linnet.v1.CallbackSecurity.$Properties|null);
            static encode(message: linnet.v1.Callback.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Callback & linnet.v1.Callback.$Shape;
        }
        namespace Callback {
            interface $Properties {
                enable?: (boolean|null);
                url?: (string|null);
                events?: (string[]|null);
                timeout?: (number|null);
                retry?: (linnet.v1.Retry.$Properties|null);
                security?: (linnet.v1.CallbackSecurity.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Callback.$Properties;
        }
        interface IRetry extends linnet.v1.Retry.$Properties {
        }
        class Retry {
            constructor(properties?: linnet.v1.Retry.$Properties);
            $unknowns?: Uint8Array[];
            maxTimes: number;
            interval: number;
            static encode(message: linnet.v1.Retry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Retry & linnet.v1.Retry.$Shape;
        }
        namespace Retry {
            interface $Properties {
                maxTimes?: (number|null);
                interval?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Retry.$Properties;
        }
        interface ICallbackSecurity extends linnet.v1.CallbackSecurity.$Properties {
        }
        class CallbackSecurity {
            constructor(properties?: linnet.v1.CallbackSecurity.$Properties);
            $unknowns?: Uint8Array[];
            token: string;
            signType: string;
            static encode(message: linnet.v1.CallbackSecurity.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.CallbackSecurity & linnet.v1.CallbackSecurity.$Shape;
        }
        namespace CallbackSecurity {
            interface $Properties {
                token?: (string|null);
                signType?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.CallbackSecurity.$Properties;
        }
        interface IOptions extends linnet.v1.Options.$Properties {
        }
        class Options {
            constructor(properties?: linnet.v1.Options.$Properties);
            $unknowns?: Uint8Array[];
            bizType: string;
            bizId: string;
            conversation?: (linnet.v1.ConversationOptions.$Properties|null);
            custom: string;
            extra: string;
            sign: string;
            readTimeout: number;
            static encode(message: linnet.v1.Options.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Options & linnet.v1.Options.$Shape;
        }
        namespace Options {
            interface $Properties {
                bizType?: (string|null);
                bizId?: (string|null);
                conversation?: (linnet.v1.ConversationOptions.$Properties|null);
                custom?: (string|null);
                extra?: (string|null);
                sign?: (string|null);
                readTimeout?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Options.$Properties;
        }
        interface IConversationOptions extends linnet.v1.ConversationOptions.$Properties {
        }
        class ConversationOptions {
            constructor(properties?: linnet.v1.ConversationOptions.$Properties);
            $unknowns?: Uint8Array[];
            top?: (boolean|null);
            mute?: (boolean|null);
            unread?: (boolean|null);
            static encode(message: linnet.v1.ConversationOptions.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationOptions & linnet.v1.ConversationOptions.$Shape;
        }
        namespace ConversationOptions {
            interface $Properties {
                top?: (boolean|null);
                mute?: (boolean|null);
                unread?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ConversationOptions.$Properties;
        }
        interface IResponse extends linnet.v1.Response.$Properties {
        }
        class Response {
            constructor(properties?: linnet.v1.Response.$Properties);
            $unknowns?: Uint8Array[];
            code: number;
            message: string;
            heartbeat?: (linnet.v1.HeartbeatAnswer.$Properties|null);
            sync?: (linnet.v1.SyncAnswer.$Properties|null);
            conversationList?: (linnet.v1.ConversationListAnswer.$Properties|null);
            history?: (linnet.v1.HistoryAnswer.$Properties|null);
            groupCreate?: (linnet.v1.GroupCreateAnswer.$Properties|null);
            online?: (linnet.v1.OnlineAnswer.$Properties|null);
            friendAdd?: (linnet.v1.FriendAddAnswer.$Properties|null);
            conversationCreate?: (linnet.v1.ConversationCreateAnswer.$Properties|null);
            userSetting?: (linnet.v1.UserSettings.$Properties|null);
            syncFriend?: (linnet.v1.SyncFriendAnswer.$Properties|null);
            groupSync?: (linnet.v1.GroupSyncAnswer.$Properties|null);
            groupJoin?: (linnet.v1.GroupJoinAnswer.$Properties|null);
            pins?: (linnet.v1.PinListAnswer.$Properties|null);
            edits?: (linnet.v1.EditListAnswer.$Properties|null);
            scheduled?: (linnet.v1.ScheduledAnswer.$Properties|null);
            readers?: (linnet.v1.ReaderListAnswer.$Properties|null);
            putOff?: (linnet.v1.PutOffAnswer.$Properties|null);
            data?: ("heartbeat"|"sync"|"conversationList"|"history"|"groupCreate"|"online"|"friendAdd"|"conversationCreate"|"userSetting"|"syncFriend"|"groupSync"|"groupJoin"|"pins"|"edits"|"scheduled"|"readers"|"putOff");
            static encode(message: linnet.v1.Response.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Response & linnet.v1.Response.$Shape;
        }
        namespace Response {
            interface $Properties {
                code?: (number|null);
                message?: (string|null);
                heartbeat?: (linnet.v1.HeartbeatAnswer.$Properties|null);
                sync?: (linnet.v1.SyncAnswer.$Properties|null);
                conversationList?: (linnet.v1.ConversationListAnswer.$Properties|null);
                history?: (linnet.v1.HistoryAnswer.$Properties|null);
                groupCreate?: (linnet.v1.GroupCreateAnswer.$Properties|null);
                online?: (linnet.v1.OnlineAnswer.$Properties|null);
                friendAdd?: (linnet.v1.FriendAddAnswer.$Properties|null);
                conversationCreate?: (linnet.v1.ConversationCreateAnswer.$Properties|null);
                userSetting?: (linnet.v1.UserSettings.$Properties|null);
                syncFriend?: (linnet.v1.SyncFriendAnswer.$Properties|null);
                groupSync?: (linnet.v1.GroupSyncAnswer.$Properties|null);
                groupJoin?: (linnet.v1.GroupJoinAnswer.$Properties|null);
                pins?: (linnet.v1.PinListAnswer.$Properties|null);
                edits?: (linnet.v1.EditListAnswer.$Properties|null);
                scheduled?: (linnet.v1.ScheduledAnswer.$Properties|null);
                readers?: (linnet.v1.ReaderListAnswer.$Properties|null);
                putOff?: (linnet.v1.PutOffAnswer.$Properties|null);
                data?: ("heartbeat"|"sync"|"conversationList"|"history"|"groupCreate"|"online"|"friendAdd"|"conversationCreate"|"userSetting"|"syncFriend"|"groupSync"|"groupJoin"|"pins"|"edits"|"scheduled"|"readers"|"putOff");
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              code?: number|null;
              message?: string|null;
              heartbeat?: linnet.v1.HeartbeatAnswer.$Shape|null;
              sync?: linnet.v1.SyncAnswer.$Shape|null;
              conversationList?: linnet.v1.ConversationListAnswer.$Shape|null;
              history?: linnet.v1.HistoryAnswer.$Shape|null;
              groupCreate?: linnet.v1.GroupCreateAnswer.$Shape|null;
              online?: linnet.v1.OnlineAnswer.$Shape|null;
              friendAdd?: linnet.v1.FriendAddAnswer.$Shape|null;
              conversationCreate?: linnet.v1.ConversationCreateAnswer.$Shape|null;
              userSetting?: linnet.v1.UserSettings.$Shape|null;
              syncFriend?: linnet.v1.SyncFriendAnswer.$Shape|null;
              groupSync?: linnet.v1.GroupSyncAnswer.$Shape|null;
              groupJoin?: linnet.v1.GroupJoinAnswer.$Shape|null;
              pins?: linnet.v1.PinListAnswer.$Shape|null;
              edits?: linnet.v1.EditListAnswer.$Shape|null;
              scheduled?: linnet.v1.ScheduledAnswer.$Shape|null;
              readers?: linnet.v1.ReaderListAnswer.$Shape|null;
              putOff?: linnet.v1.PutOffAnswer.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ data?: undefined; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "heartbeat"; heartbeat: linnet.v1.HeartbeatAnswer.$Shape; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "sync"; heartbeat?: null; sync: linnet.v1.SyncAnswer.$Shape; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "conversationList"; heartbeat?: null; sync?: null; conversationList: linnet.v1.ConversationListAnswer.$Shape; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "history"; heartbeat?: null; sync?: null; conversationList?: null; history: linnet.v1.HistoryAnswer.$Shape; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "groupCreate"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate: linnet.v1.GroupCreateAnswer.$Shape; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "online"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online: linnet.v1.OnlineAnswer.$Shape; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "friendAdd"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd: linnet.v1.FriendAddAnswer.$Shape; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "conversationCreate"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate: linnet.v1.ConversationCreateAnswer.$Shape; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "userSetting"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting: linnet.v1.UserSettings.$Shape; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "syncFriend"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend: linnet.v1.SyncFriendAnswer.$Shape; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "groupSync"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync: linnet.v1.GroupSyncAnswer.$Shape; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "groupJoin"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin: linnet.v1.GroupJoinAnswer.$Shape; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "pins"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins: linnet.v1.PinListAnswer.$Shape; edits?: null; scheduled?: null; readers?: null; putOff?: null }|{ data?: "edits"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits: linnet.v1.EditListAnswer.$Shape; scheduled?: null; readers?: null; putOff?: null }|{ data?: "scheduled"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled: linnet.v1.ScheduledAnswer.$Shape; readers?: null; putOff?: null }|{ data?: "readers"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers: linnet.v1.ReaderListAnswer.$Shape; putOff?: null }|{ data?: "putOff"; heartbeat?: null; sync?: null; conversationList?: null; history?: null; groupCreate?: null; online?: null; friendAdd?: null; conversationCreate?: null; userSetting?: null; syncFriend?: null; groupSync?: null; groupJoin?: null; pins?: null; edits?: null; scheduled?: null; readers?: null; putOff: linnet.v1.PutOffAnswer.$Shape })
            );
        }
        interface IMessageExtra extends linnet.v1.MessageExtra.$Properties {
        }
        class MessageExtra {
            constructor(properties?: linnet.v1.MessageExtra.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            conversationSeq?: (number|Long|null);
            conversationPts?: (number|Long|null);
            timestamp?: (number|Long|null);
            mentionedAll: boolean;
            senderNickname: string;
            senderAvatar: string;
            silent: boolean;
            duplicate: boolean;
            hidden: boolean;
            recalled: boolean;
            version: number;
            reactions: linnet.v1.ReactionCount.$Properties[];
            mentioned: boolean;
            pts?: (number|Long|null);
            static encode(message: linnet.v1.MessageExtra.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.MessageExtra & linnet.v1.MessageExtra.$Shape;
        }
        namespace MessageExtra {
            interface $Properties {
                messageId?: (number|Long|null);
                conversationSeq?: (number|Long|null);
                conversationPts?: (number|Long|null);
                timestamp?: (number|Long|null);
                mentionedAll?: (boolean|null);
                senderNickname?: (string|null);
                senderAvatar?: (string|null);
                silent?: (boolean|null);
                duplicate?: (boolean|null);
                hidden?: (boolean|null);
                recalled?: (boolean|null);
                version?: (number|null);
                reactions?: (linnet.v1.ReactionCount.$Properties[]|null);
                mentioned?: (boolean|null);
                pts?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.MessageExtra.$Properties;
        }
        interface IGreeting extends linnet.v1.Greeting.$Properties {
        }
        class Greeting {
            constructor(properties?: linnet.v1.Greeting.$Properties);
            $unknowns?: Uint8Array[];
            epoch: string;
            pts?: (number|Long|null);
            heartbeatMs: number;
            generation?: (number|Long|null);
            serverTime?: (number|Long|null);
            userId: string;
            static encode(message: linnet.v1.Greeting.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Greeting & linnet.v1.Greeting.$Shape;
        }
        namespace Greeting {
            interface $Properties {
                epoch?: (string|null);
                pts?: (number|Long|null);
                heartbeatMs?: (number|null);
                generation?: (number|Long|null);
                serverTime?: (number|Long|null);
                userId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Greeting.$Properties;
        }
        interface IHeartbeatAnswer extends linnet.v1.HeartbeatAnswer.$Properties {
        }
        class HeartbeatAnswer {
            constructor(properties?: linnet.v1.HeartbeatAnswer.$Properties);
            $unknowns?: Uint8Array[];
            pts?: (number|Long|null);
            serverTime?: (number|Long|null);
            static encode(message: linnet.v1.HeartbeatAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.HeartbeatAnswer & linnet.v1.HeartbeatAnswer.$Shape;
        }
        namespace HeartbeatAnswer {
            interface $Properties {
                pts?: (number|Long|null);
                serverTime?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.HeartbeatAnswer.$Properties;
        }
        interface IHint extends linnet.v1.Hint.$Properties {
        }
        class Hint {
            constructor(properties?: linnet.v1.Hint.$Properties);
            $unknowns?: Uint8Array[];
            pts?: (number|Long|null);
            conversationId?: (number|Long|null);
            conversationPts?: (number|Long|null);
            static encode(message: linnet.v1.Hint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Hint & linnet.v1.Hint.$Shape;
        }
        namespace Hint {
            interface $Properties {
                pts?: (number|Long|null);
                conversationId?: (number|Long|null);
                conversationPts?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Hint.$Properties;
        }
        interface ISyncRequest extends linnet.v1.SyncRequest.$Properties {
        }
        class SyncRequest {
            constructor(properties?: linnet.v1.SyncRequest.$Properties);
            $unknowns?: Uint8Array[];
            epoch: string;
            pts?: (number|Long|null);
            conversationPts?: (number|Long|null);
            limit: number;
            static encode(message: linnet.v1.SyncRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.SyncRequest & linnet.v1.SyncRequest.$Shape;
        }
        namespace SyncRequest {
            interface $Properties {
                epoch?: (string|null);
                pts?: (number|Long|null);
                conversationPts?: (number|Long|null);
                limit?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.SyncRequest.$Properties;
        }
        interface ISyncAnswer extends linnet.v1.SyncAnswer.$Properties {
        }
        class SyncAnswer {
            constructor(properties?: linnet.v1.SyncAnswer.$Properties);
            $unknowns?: Uint8Array[];
            events: linnet.v1.Envelope.$Properties[];
            pts?: (number|Long|null);
            conversationPts?: (number|Long|null);
            final: boolean;
            reset: boolean;
            epoch: string;
            static encode(message: linnet.v1.SyncAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.SyncAnswer & linnet.v1.SyncAnswer.$Shape;
        }
        namespace SyncAnswer {
            interface $Properties {
                events?: (linnet.v1.Envelope.$Properties[]|null);
                pts?: (number|Long|null);
                conversationPts?: (number|Long|null);
                final?: (boolean|null);
                reset?: (boolean|null);
                epoch?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              events?: linnet.v1.Envelope.$Shape[]|null;
              pts?: number|Long|null;
              conversationPts?: number|Long|null;
              final?: boolean|null;
              reset?: boolean|null;
              epoch?: string|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IConversationListRequest extends linnet.v1.ConversationListRequest.$Properties {
        }
        class ConversationListRequest {
            constructor(properties?: linnet.v1.ConversationListRequest.$Properties);
            $unknowns?: Uint8Array[];
            cursor: string;
            limit: number;
            static encode(message: linnet.v1.ConversationListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationListRequest & linnet.v1.ConversationListRequest.$Shape;
        }
        namespace ConversationListRequest {
            interface $Properties {
                cursor?: (string|null);
                limit?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ConversationListRequest.$Properties;
        }
        interface IConversationListAnswer extends linnet.v1.ConversationListAnswer.$Properties {
        }
        class ConversationListAnswer {
            constructor(properties?: linnet.v1.ConversationListAnswer.$Properties);
            $unknowns?: Uint8Array[];
            conversations: linnet.v1.ConversationEntry.$Properties[];
            cursor: string;
            final: boolean;
            static encode(message: linnet.v1.ConversationListAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationListAnswer & linnet.v1.ConversationListAnswer.$Shape;
        }
        namespace ConversationListAnswer {
            interface $Properties {
                conversations?: (linnet.v1.ConversationEntry.$Properties[]|null);
                cursor?: (string|null);
                final?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              conversations?: linnet.v1.ConversationEntry.$Shape[]|null;
              cursor?: string|null;
              final?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IConversationEntry extends linnet.v1.ConversationEntry.$Properties {
        }
        class ConversationEntry {
            constructor(properties?: linnet.v1.ConversationEntry.$Properties);
            $unknowns?: Uint8Array[];
            conversationId?: (number|Long|null);
            conversationType: number;
            lastSeq?: (number|Long|null);
            readSeq?: (number|Long|null);
            unread: number;
            unreadMentions: number;
            conversationPts?: (number|Long|null);
            top: boolean;
            mute: boolean;
            last?: (linnet.v1.Envelope.$Properties|null);
            peer: string;
            name: string;
            deliveredSeq?: (number|Long|null);
            peerReadSeq?: (number|Long|null);
            static encode(message: linnet.v1.ConversationEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationEntry & linnet.v1.ConversationEntry.$Shape;
        }
        namespace ConversationEntry {
            interface $Properties {
                conversationId?: (number|Long|null);
                conversationType?: (number|null);
                lastSeq?: (number|Long|null);
                readSeq?: (number|Long|null);
                unread?: (number|null);
                unreadMentions?: (number|null);
                conversationPts?: (number|Long|null);
                top?: (boolean|null);
                mute?: (boolean|null);
                last?: (linnet.v1.Envelope.$Properties|null);
                peer?: (string|null);
                name?: (string|null);
                deliveredSeq?: (number|Long|null);
                peerReadSeq?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              conversationId?: number|Long|null;
              conversationType?: number|null;
              lastSeq?: number|Long|null;
              readSeq?: number|Long|null;
              unread?: number|null;
              unreadMentions?: number|null;
              conversationPts?: number|Long|null;
              top?: boolean|null;
              mute?: boolean|null;
              last?: linnet.v1.Envelope.$Shape|null;
              peer?: string|null;
              name?: string|null;
              deliveredSeq?: number|Long|null;
              peerReadSeq?: number|Long|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IHistoryRequest extends linnet.v1.HistoryRequest.$Properties {
        }
        class HistoryRequest {
            constructor(properties?: linnet.v1.HistoryRequest.$Properties);
            $unknowns?: Uint8Array[];
            fromSeq?: (number|Long|null);
            limit: number;
            backward: boolean;
            around: boolean;
            static encode(message: linnet.v1.HistoryRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.HistoryRequest & linnet.v1.HistoryRequest.$Shape;
        }
        namespace HistoryRequest {
            interface $Properties {
                fromSeq?: (number|Long|null);
                limit?: (number|null);
                backward?: (boolean|null);
                around?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.HistoryRequest.$Properties;
        }
        interface IHistoryAnswer extends linnet.v1.HistoryAnswer.$Properties {
        }
        class HistoryAnswer {
            constructor(properties?: linnet.v1.HistoryAnswer.$Properties);
            $unknowns?: Uint8Array[];
            messages: linnet.v1.Envelope.$Properties[];
            final: boolean;
            static encode(message: linnet.v1.HistoryAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.HistoryAnswer & linnet.v1.HistoryAnswer.$Shape;
        }
        namespace HistoryAnswer {
            interface $Properties {
                messages?: (linnet.v1.Envelope.$Properties[]|null);
                final?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              messages?: linnet.v1.Envelope.$Shape[]|null;
              final?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IReceiptRequest extends linnet.v1.ReceiptRequest.$Properties {
        }
        class ReceiptRequest {
            constructor(properties?: linnet.v1.ReceiptRequest.$Properties);
            $unknowns?: Uint8Array[];
            pts?: (number|Long|null);
            static encode(message: linnet.v1.ReceiptRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReceiptRequest & linnet.v1.ReceiptRequest.$Shape;
        }
        namespace ReceiptRequest {
            interface $Properties {
                pts?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReceiptRequest.$Properties;
        }
        interface IReadRequest extends linnet.v1.ReadRequest.$Properties {
        }
        class ReadRequest {
            constructor(properties?: linnet.v1.ReadRequest.$Properties);
            $unknowns?: Uint8Array[];
            seq?: (number|Long|null);
            static encode(message: linnet.v1.ReadRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReadRequest & linnet.v1.ReadRequest.$Shape;
        }
        namespace ReadRequest {
            interface $Properties {
                seq?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReadRequest.$Properties;
        }
        interface IReadAllRequest extends linnet.v1.ReadAllRequest.$Properties {
        }
        class ReadAllRequest {
            constructor(properties?: linnet.v1.ReadAllRequest.$Properties);
            $unknowns?: Uint8Array[];
            conversations: linnet.v1.ReadPosition.$Properties[];
            static encode(message: linnet.v1.ReadAllRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReadAllRequest & linnet.v1.ReadAllRequest.$Shape;
        }
        namespace ReadAllRequest {
            interface $Properties {
                conversations?: (linnet.v1.ReadPosition.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReadAllRequest.$Properties;
        }
        interface IReadPosition extends linnet.v1.ReadPosition.$Properties {
        }
        class ReadPosition {
            constructor(properties?: linnet.v1.ReadPosition.$Properties);
            $unknowns?: Uint8Array[];
            conversationId?: (number|Long|null);
            seq?: (number|Long|null);
            static encode(message: linnet.v1.ReadPosition.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReadPosition & linnet.v1.ReadPosition.$Shape;
        }
        namespace ReadPosition {
            interface $Properties {
                conversationId?: (number|Long|null);
                seq?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReadPosition.$Properties;
        }
        interface IReadCancelRequest extends linnet.v1.ReadCancelRequest.$Properties {
        }
        class ReadCancelRequest {
            constructor(properties?: linnet.v1.ReadCancelRequest.$Properties);
            $unknowns?: Uint8Array[];
            seq?: (number|Long|null);
            static encode(message: linnet.v1.ReadCancelRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReadCancelRequest & linnet.v1.ReadCancelRequest.$Shape;
        }
        namespace ReadCancelRequest {
            interface $Properties {
                seq?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReadCancelRequest.$Properties;
        }
        interface IRecallRequest extends linnet.v1.RecallRequest.$Properties {
        }
        class RecallRequest {
            constructor(properties?: linnet.v1.RecallRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            static encode(message: linnet.v1.RecallRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.RecallRequest & linnet.v1.RecallRequest.$Shape;
        }
        namespace RecallRequest {
            interface $Properties {
                messageId?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.RecallRequest.$Properties;
        }
        interface IDeleteRequest extends linnet.v1.DeleteRequest.$Properties {
        }
        class DeleteRequest {
            constructor(properties?: linnet.v1.DeleteRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageIds: (number|Long)[];
            forAll: boolean;
            static encode(message: linnet.v1.DeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.DeleteRequest & linnet.v1.DeleteRequest.$Shape;
        }
        namespace DeleteRequest {
            interface $Properties {
                messageIds?: ((number|Long)[]|null);
                forAll?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.DeleteRequest.$Properties;
        }
        interface IEditRequest extends linnet.v1.EditRequest.$Properties {
        }
        class EditRequest {
            constructor(properties?: linnet.v1.EditRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            version: number;
            static encode(message: linnet.v1.EditRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.EditRequest & linnet.v1.EditRequest.$Shape;
        }
        namespace EditRequest {
            interface $Properties {
                messageId?: (number|Long|null);
                version?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.EditRequest.$Properties;
        }
        interface IReactionRequest extends linnet.v1.ReactionRequest.$Properties {
        }
        class ReactionRequest {
            constructor(properties?: linnet.v1.ReactionRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            reaction: string;
            remove: boolean;
            count: number;
            static encode(message: linnet.v1.ReactionRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReactionRequest & linnet.v1.ReactionRequest.$Shape;
        }
        namespace ReactionRequest {
            interface $Properties {
                messageId?: (number|Long|null);
                reaction?: (string|null);
                remove?: (boolean|null);
                count?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReactionRequest.$Properties;
        }
        interface IReactionCount extends linnet.v1.ReactionCount.$Properties {
        }
        class ReactionCount {
            constructor(properties?: linnet.v1.ReactionCount.$Properties);
            $unknowns?: Uint8Array[];
            reaction: string;
            count: number;
            mine: boolean;
            static encode(message: linnet.v1.ReactionCount.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReactionCount & linnet.v1.ReactionCount.$Shape;
        }
        namespace ReactionCount {
            interface $Properties {
                reaction?: (string|null);
                count?: (number|null);
                mine?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReactionCount.$Properties;
        }
        interface IPinRequest extends linnet.v1.PinRequest.$Properties {
        }
        class PinRequest {
            constructor(properties?: linnet.v1.PinRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            remove: boolean;
            static encode(message: linnet.v1.PinRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PinRequest & linnet.v1.PinRequest.$Shape;
        }
        namespace PinRequest {
            interface $Properties {
                messageId?: (number|Long|null);
                remove?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PinRequest.$Properties;
        }
        interface IPinListRequest extends linnet.v1.PinListRequest.$Properties {
        }
        class PinListRequest {
            constructor(properties?: linnet.v1.PinListRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: linnet.v1.PinListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PinListRequest & linnet.v1.PinListRequest.$Shape;
        }
        namespace PinListRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PinListRequest.$Properties;
        }
        interface IPinListAnswer extends linnet.v1.PinListAnswer.$Properties {
        }
        class PinListAnswer {
            constructor(properties?: linnet.v1.PinListAnswer.$Properties);
            $unknowns?: Uint8Array[];
            messages: linnet.v1.Envelope.$Properties[];
            static encode(message: linnet.v1.PinListAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PinListAnswer & linnet.v1.PinListAnswer.$Shape;
        }
        namespace PinListAnswer {
            interface $Properties {
                messages?: (linnet.v1.Envelope.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              messages?: linnet.v1.Envelope.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IEditListRequest extends linnet.v1.EditListRequest.$Properties {
        }
        class EditListRequest {
            constructor(properties?: linnet.v1.EditListRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            fromVersion: number;
            limit: number;
            static encode(message: linnet.v1.EditListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.EditListRequest & linnet.v1.EditListRequest.$Shape;
        }
        namespace EditListRequest {
            interface $Properties {
                messageId?: (number|Long|null);
                fromVersion?: (number|null);
                limit?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.EditListRequest.$Properties;
        }
        interface IEditListAnswer extends linnet.v1.EditListAnswer.$Properties {
        }
        class EditListAnswer {
            constructor(properties?: linnet.v1.EditListAnswer.$Properties);
            $unknowns?: Uint8Array[];
            versions: linnet.v1.Envelope.$Properties[];
            final: boolean;
            static encode(message: linnet.v1.EditListAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.EditListAnswer & linnet.v1.EditListAnswer.$Shape;
        }
        namespace EditListAnswer {
            interface $Properties {
                versions?: (linnet.v1.Envelope.$Properties[]|null);
                final?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              versions?: linnet.v1.Envelope.$Shape[]|null;
              final?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IScheduledRequest extends linnet.v1.ScheduledRequest.$Properties {
        }
        class ScheduledRequest {
            constructor(properties?: linnet.v1.ScheduledRequest.$Properties);
            $unknowns?: Uint8Array[];
            cancel?: (number|Long|null);
            cursor: string;
            limit: number;
            static encode(message: linnet.v1.ScheduledRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ScheduledRequest & linnet.v1.ScheduledRequest.$Shape;
        }
        namespace ScheduledRequest {
            interface $Properties {
                cancel?: (number|Long|null);
                cursor?: (string|null);
                limit?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ScheduledRequest.$Properties;
        }
        interface IScheduledAnswer extends linnet.v1.ScheduledAnswer.$Properties {
        }
        class ScheduledAnswer {
            constructor(properties?: linnet.v1.ScheduledAnswer.$Properties);
            $unknowns?: Uint8Array[];
            messages: linnet.v1.ScheduledEntry.$Properties[];
            cursor: string;
            final: boolean;
            static encode(message: linnet.v1.ScheduledAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ScheduledAnswer & linnet.v1.ScheduledAnswer.$Shape;
        }
        namespace ScheduledAnswer {
            interface $Properties {
                messages?: (linnet.v1.ScheduledEntry.$Properties[]|null);
                cursor?: (string|null);
                final?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              messages?: linnet.v1.ScheduledEntry.$Shape[]|null;
              cursor?: string|null;
              final?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IScheduledEntry extends linnet.v1.ScheduledEntry.$Properties {
        }
        class ScheduledEntry {
            constructor(properties?: linnet.v1.ScheduledEntry.$Properties);
            $unknowns?: Uint8Array[];
            scheduleId?: (number|Long|null);
            sendAt?: (number|Long|null);
            failed: boolean;
            message?: (linnet.v1.Envelope.$Properties|null);
            static encode(message: linnet.v1.ScheduledEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ScheduledEntry & linnet.v1.ScheduledEntry.$Shape;
        }
        namespace ScheduledEntry {
            interface $Properties {
                scheduleId?: (number|Long|null);
                sendAt?: (number|Long|null);
                failed?: (boolean|null);
                message?: (linnet.v1.Envelope.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              scheduleId?: number|Long|null;
              sendAt?: number|Long|null;
              failed?: boolean|null;
              message?: linnet.v1.Envelope.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IPutOffAnswer extends linnet.v1.PutOffAnswer.$Properties {
        }
        class PutOffAnswer {
            constructor(properties?: linnet.v1.PutOffAnswer.$Properties);
            $unknowns?: Uint8Array[];
            scheduleId?: (number|Long|null);
            sendAt?: (number|Long|null);
            static encode(message: linnet.v1.PutOffAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PutOffAnswer & linnet.v1.PutOffAnswer.$Shape;
        }
        namespace PutOffAnswer {
            interface $Properties {
                scheduleId?: (number|Long|null);
                sendAt?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PutOffAnswer.$Properties;
        }
        interface IReaderListRequest extends linnet.v1.ReaderListRequest.$Properties {
        }
        class ReaderListRequest {
            constructor(properties?: linnet.v1.ReaderListRequest.$Properties);
            $unknowns?: Uint8Array[];
            messageId?: (number|Long|null);
            cursor: string;
            limit: number;
            static encode(message: linnet.v1.ReaderListRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReaderListRequest & linnet.v1.ReaderListRequest.$Shape;
        }
        namespace ReaderListRequest {
            interface $Properties {
                messageId?: (number|Long|null);
                cursor?: (string|null);
                limit?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReaderListRequest.$Properties;
        }
        interface IReaderListAnswer extends linnet.v1.ReaderListAnswer.$Properties {
        }
        class ReaderListAnswer {
            constructor(properties?: linnet.v1.ReaderListAnswer.$Properties);
            $unknowns?: Uint8Array[];
            userIds: string[];
            cursor: string;
            final: boolean;
            static encode(message: linnet.v1.ReaderListAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ReaderListAnswer & linnet.v1.ReaderListAnswer.$Shape;
        }
        namespace ReaderListAnswer {
            interface $Properties {
                userIds?: (string[]|null);
                cursor?: (string|null);
                final?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ReaderListAnswer.$Properties;
        }
        interface IForwardRequest extends linnet.v1.ForwardRequest.$Properties {
        }
        class ForwardRequest {
            constructor(properties?: linnet.v1.ForwardRequest.$Properties);
            $unknowns?: Uint8Array[];
            fromConversationId?: (number|Long|null);
            messageIds: (number|Long)[];
            static encode(message: linnet.v1.ForwardRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ForwardRequest & linnet.v1.ForwardRequest.$Shape;
        }
        namespace ForwardRequest {
            interface $Properties {
                fromConversationId?: (number|Long|null);
                messageIds?: ((number|Long)[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ForwardRequest.$Properties;
        }
        interface IForwardedContent extends linnet.v1.ForwardedContent.$Properties {
        }
        class ForwardedContent {
            constructor(properties?: linnet.v1.ForwardedContent.$Properties);
            $unknowns?: Uint8Array[];
            fromConversationId?: (number|Long|null);
            messageIds: (number|Long)[];
            messages: linnet.v1.Envelope.$Properties[];
            static encode(message: linnet.v1.ForwardedContent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ForwardedContent & linnet.v1.ForwardedContent.$Shape;
        }
        namespace ForwardedContent {
            interface $Properties {
                fromConversationId?: (number|Long|null);
                messageIds?: ((number|Long)[]|null);
                messages?: (linnet.v1.Envelope.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = {
              fromConversationId?: number|Long|null;
              messageIds?: (number|Long)[]|null;
              messages?: linnet.v1.Envelope.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }
        interface IGroupCreateRequest extends linnet.v1.GroupCreateRequest.$Properties {
        }
        class GroupCreateRequest {
            constructor(properties?: linnet.v1.GroupCreateRequest.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            memberIds: string[];
            conversationType: number;
            joinMode: string;
            policy?: (linnet.v1.CustomPolicy.$Properties|null);
            static encode(message: linnet.v1.GroupCreateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupCreateRequest & linnet.v1.GroupCreateRequest.$Shape;
        }
        namespace GroupCreateRequest {
            interface $Properties {
                name?: (string|null);
                memberIds?: (string[]|null);
                conversationType?: (number|null);
                joinMode?: (string|null);
                policy?: (linnet.v1.CustomPolicy.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupCreateRequest.$Properties;
        }
        interface ICustomPolicy extends linnet.v1.CustomPolicy.$Properties {
        }
        class CustomPolicy {
            constructor(properties?: linnet.v1.CustomPolicy.$Properties);
            $unknowns?: Uint8Array[];
            send: string;
            persist?: (boolean|null);
            fanOut: string;
            webhook?: (linnet.v1.PolicyWebhook.$Properties|null);
            static encode(message: linnet.v1.CustomPolicy.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.CustomPolicy & linnet.v1.CustomPolicy.$Shape;
        }
        namespace CustomPolicy {
            interface $Properties {
                send?: (string|null);
                persist?: (boolean|null);
                fanOut?: (string|null);
                webhook?: (linnet.v1.PolicyWebhook.$Properties|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.CustomPolicy.$Properties;
        }
        interface IPolicyWebhook extends linnet.v1.PolicyWebhook.$Properties {
        }
        class PolicyWebhook {
            constructor(properties?: linnet.v1.PolicyWebhook.$Properties);
            $unknowns?: Uint8Array[];
            url: string;
            timeoutMs: number;
            failOpen: boolean;
            static encode(message: linnet.v1.PolicyWebhook.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PolicyWebhook & linnet.v1.PolicyWebhook.$Shape;
        }
        namespace PolicyWebhook {
            interface $Properties {
                url?: (string|null);
                timeoutMs?: (number|null);
                failOpen?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PolicyWebhook.$Properties;
        }
        interface IGroupCreateAnswer extends linnet.v1.GroupCreateAnswer.$Properties {
        }
        class GroupCreateAnswer {
            constructor(properties?: linnet.v1.GroupCreateAnswer.$Properties);
            $unknowns?: Uint8Array[];
            conversationId?: (number|Long|null);
            static encode(message: linnet.v1.GroupCreateAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupCreateAnswer & linnet.v1.GroupCreateAnswer.$Shape;
        }
        namespace GroupCreateAnswer {
            interface $Properties {
                conversationId?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupCreateAnswer.$Properties;
        }
        interface IGroupJoinRequest extends linnet.v1.GroupJoinRequest.$Properties {
        }
        class GroupJoinRequest {
            constructor(properties?: linnet.v1.GroupJoinRequest.$Properties);
            $unknowns?: Uint8Array[];
            userIds: string[];
            message: string;
            requestId: string;
            accept?: (boolean|null);
            static encode(message: linnet.v1.GroupJoinRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupJoinRequest & linnet.v1.GroupJoinRequest.$Shape;
        }
        namespace GroupJoinRequest {
            interface $Properties {
                userIds?: (string[]|null);
                message?: (string|null);
                requestId?: (string|null);
                accept?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupJoinRequest.$Properties;
        }
        interface IGroupJoinAnswer extends linnet.v1.GroupJoinAnswer.$Properties {
        }
        class GroupJoinAnswer {
            constructor(properties?: linnet.v1.GroupJoinAnswer.$Properties);
            $unknowns?: Uint8Array[];
            requestId: string;
            static encode(message: linnet.v1.GroupJoinAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupJoinAnswer & linnet.v1.GroupJoinAnswer.$Shape;
        }
        namespace GroupJoinAnswer {
            interface $Properties {
                requestId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupJoinAnswer.$Properties;
        }
        interface IGroupLeaveRequest extends linnet.v1.GroupLeaveRequest.$Properties {
        }
        class GroupLeaveRequest {
            constructor(properties?: linnet.v1.GroupLeaveRequest.$Properties);
            $unknowns?: Uint8Array[];
            userIds: string[];
            static encode(message: linnet.v1.GroupLeaveRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupLeaveRequest & linnet.v1.GroupLeaveRequest.$Shape;
        }
        namespace GroupLeaveRequest {
            interface $Properties {
                userIds?: (string[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupLeaveRequest.$Properties;
        }
        interface IGroupDismissRequest extends linnet.v1.GroupDismissRequest.$Properties {
        }
        class GroupDismissRequest {
            constructor(properties?: linnet.v1.GroupDismissRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: linnet.v1.GroupDismissRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupDismissRequest & linnet.v1.GroupDismissRequest.$Shape;
        }
        namespace GroupDismissRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupDismissRequest.$Properties;
        }
        interface IGroupUpdateRequest extends linnet.v1.GroupUpdateRequest.$Properties {
        }
        class GroupUpdateRequest {
            constructor(properties?: linnet.v1.GroupUpdateRequest.$Properties);
            $unknowns?: Uint8Array[];
            name?: (string|null);
            avatar?: (string|null);
            announcement?: (string|null);
            joinMode?: (string|null);
            roles: linnet.v1.GroupRole.$Properties[];
            owner: string;
            static encode(message: linnet.v1.GroupUpdateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupUpdateRequest & linnet.v1.GroupUpdateRequest.$Shape;
        }
        namespace GroupUpdateRequest {
            interface $Properties {
                name?: (string|null);
                avatar?: (string|null);
                announcement?: (string|null);
                joinMode?: (string|null);
                roles?: (linnet.v1.GroupRole.$Properties[]|null);
                owner?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupUpdateRequest.$Properties;
        }
        interface IGroupRole extends linnet.v1.GroupRole.$Properties {
        }
        class GroupRole {
            constructor(properties?: linnet.v1.GroupRole.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            role: number;
            static encode(message: linnet.v1.GroupRole.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupRole & linnet.v1.GroupRole.$Shape;
        }
        namespace GroupRole {
            interface $Properties {
                userId?: (string|null);
                role?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupRole.$Properties;
        }
        interface IGroupMuteRequest extends linnet.v1.GroupMuteRequest.$Properties {
        }
        class GroupMuteRequest {
            constructor(properties?: linnet.v1.GroupMuteRequest.$Properties);
            $unknowns?: Uint8Array[];
            userIds: string[];
            until?: (number|Long|null);
            static encode(message: linnet.v1.GroupMuteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupMuteRequest & linnet.v1.GroupMuteRequest.$Shape;
        }
        namespace GroupMuteRequest {
            interface $Properties {
                userIds?: (string[]|null);
                until?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupMuteRequest.$Properties;
        }
        interface IGroupSyncRequest extends linnet.v1.GroupSyncRequest.$Properties {
        }
        class GroupSyncRequest {
            constructor(properties?: linnet.v1.GroupSyncRequest.$Properties);
            $unknowns?: Uint8Array[];
            version?: (number|Long|null);
            cursor: string;
            limit: number;
            requests: boolean;
            static encode(message: linnet.v1.GroupSyncRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupSyncRequest & linnet.v1.GroupSyncRequest.$Shape;
        }
        namespace GroupSyncRequest {
            interface $Properties {
                version?: (number|Long|null);
                cursor?: (string|null);
                limit?: (number|null);
                requests?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupSyncRequest.$Properties;
        }
        interface IGroupSyncAnswer extends linnet.v1.GroupSyncAnswer.$Properties {
        }
        class GroupSyncAnswer {
            constructor(properties?: linnet.v1.GroupSyncAnswer.$Properties);
            $unknowns?: Uint8Array[];
            group?: (linnet.v1.Group.$Properties|null);
            members: linnet.v1.GroupMember.$Properties[];
            removed: string[];
            version?: (number|Long|null);
            cursor: string;
            final: boolean;
            reset: boolean;
            requests: linnet.v1.GroupRequest.$Properties[];
            static encode(message: linnet.v1.GroupSyncAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupSyncAnswer & linnet.v1.GroupSyncAnswer.$Shape;
        }
        namespace GroupSyncAnswer {
            interface $Properties {
                group?: (linnet.v1.Group.$Properties|null);
                members?: (linnet.v1.GroupMember.$Properties[]|null);
                removed?: (string[]|null);
                version?: (number|Long|null);
                cursor?: (string|null);
                final?: (boolean|null);
                reset?: (boolean|null);
                requests?: (linnet.v1.GroupRequest.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupSyncAnswer.$Properties;
        }
        interface IGroup extends linnet.v1.Group.$Properties {
        }
        class Group {
            constructor(properties?: linnet.v1.Group.$Properties);
            $unknowns?: Uint8Array[];
            name: string;
            avatar: string;
            announcement: string;
            joinMode: string;
            owner: string;
            memberCount: number;
            mutedUntil?: (number|Long|null);
            dissolved: boolean;
            static encode(message: linnet.v1.Group.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.Group & linnet.v1.Group.$Shape;
        }
        namespace Group {
            interface $Properties {
                name?: (string|null);
                avatar?: (string|null);
                announcement?: (string|null);
                joinMode?: (string|null);
                owner?: (string|null);
                memberCount?: (number|null);
                mutedUntil?: (number|Long|null);
                dissolved?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.Group.$Properties;
        }
        interface IGroupMember extends linnet.v1.GroupMember.$Properties {
        }
        class GroupMember {
            constructor(properties?: linnet.v1.GroupMember.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            nickname: string;
            avatar: string;
            role: number;
            mutedUntil?: (number|Long|null);
            joinedAt?: (number|Long|null);
            static encode(message: linnet.v1.GroupMember.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupMember & linnet.v1.GroupMember.$Shape;
        }
        namespace GroupMember {
            interface $Properties {
                userId?: (string|null);
                nickname?: (string|null);
                avatar?: (string|null);
                role?: (number|null);
                mutedUntil?: (number|Long|null);
                joinedAt?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupMember.$Properties;
        }
        interface IGroupRequest extends linnet.v1.GroupRequest.$Properties {
        }
        class GroupRequest {
            constructor(properties?: linnet.v1.GroupRequest.$Properties);
            $unknowns?: Uint8Array[];
            requestId: string;
            userId: string;
            nickname: string;
            avatar: string;
            message: string;
            createdAt?: (number|Long|null);
            static encode(message: linnet.v1.GroupRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.GroupRequest & linnet.v1.GroupRequest.$Shape;
        }
        namespace GroupRequest {
            interface $Properties {
                requestId?: (string|null);
                userId?: (string|null);
                nickname?: (string|null);
                avatar?: (string|null);
                message?: (string|null);
                createdAt?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.GroupRequest.$Properties;
        }
        interface IOnlineRequest extends linnet.v1.OnlineRequest.$Properties {
        }
        class OnlineRequest {
            constructor(properties?: linnet.v1.OnlineRequest.$Properties);
            $unknowns?: Uint8Array[];
            watch: string[];
            cursor: string;
            offline: boolean;
            unwatch: boolean;
            static encode(message: linnet.v1.OnlineRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.OnlineRequest & linnet.v1.OnlineRequest.$Shape;
        }
        namespace OnlineRequest {
            interface $Properties {
                watch?: (string[]|null);
                cursor?: (string|null);
                offline?: (boolean|null);
                unwatch?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.OnlineRequest.$Properties;
        }
        interface IOnlineAnswer extends linnet.v1.OnlineAnswer.$Properties {
        }
        class OnlineAnswer {
            constructor(properties?: linnet.v1.OnlineAnswer.$Properties);
            $unknowns?: Uint8Array[];
            users: linnet.v1.OnlineUser.$Properties[];
            cursor: string;
            static encode(message: linnet.v1.OnlineAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.OnlineAnswer & linnet.v1.OnlineAnswer.$Shape;
        }
        namespace OnlineAnswer {
            interface $Properties {
                users?: (linnet.v1.OnlineUser.$Properties[]|null);
                cursor?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.OnlineAnswer.$Properties;
        }
        interface IOnlineUser extends linnet.v1.OnlineUser.$Properties {
        }
        class OnlineUser {
            constructor(properties?: linnet.v1.OnlineUser.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            devices: string[];
            lastSeen?: (number|Long|null);
            background: string[];
            static encode(message: linnet.v1.OnlineUser.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.OnlineUser & linnet.v1.OnlineUser.$Shape;
        }
        namespace OnlineUser {
            interface $Properties {
                userId?: (string|null);
                devices?: (string[]|null);
                lastSeen?: (number|Long|null);
                background?: (string[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.OnlineUser.$Properties;
        }
        interface IPresenceEvent extends linnet.v1.PresenceEvent.$Properties {
        }
        class PresenceEvent {
            constructor(properties?: linnet.v1.PresenceEvent.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            devices: string[];
            background: string[];
            lastSeen?: (number|Long|null);
            static encode(message: linnet.v1.PresenceEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.PresenceEvent & linnet.v1.PresenceEvent.$Shape;
        }
        namespace PresenceEvent {
            interface $Properties {
                userId?: (string|null);
                devices?: (string[]|null);
                background?: (string[]|null);
                lastSeen?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.PresenceEvent.$Properties;
        }
        interface IFriendAddRequest extends linnet.v1.FriendAddRequest.$Properties {
        }
        class FriendAddRequest {
            constructor(properties?: linnet.v1.FriendAddRequest.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            message: string;
            requestId: string;
            accept?: (boolean|null);
            static encode(message: linnet.v1.FriendAddRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendAddRequest & linnet.v1.FriendAddRequest.$Shape;
        }
        namespace FriendAddRequest {
            interface $Properties {
                userId?: (string|null);
                message?: (string|null);
                requestId?: (string|null);
                accept?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendAddRequest.$Properties;
        }
        interface IFriendAddAnswer extends linnet.v1.FriendAddAnswer.$Properties {
        }
        class FriendAddAnswer {
            constructor(properties?: linnet.v1.FriendAddAnswer.$Properties);
            $unknowns?: Uint8Array[];
            requestId: string;
            static encode(message: linnet.v1.FriendAddAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendAddAnswer & linnet.v1.FriendAddAnswer.$Shape;
        }
        namespace FriendAddAnswer {
            interface $Properties {
                requestId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendAddAnswer.$Properties;
        }
        interface IFriendDeleteRequest extends linnet.v1.FriendDeleteRequest.$Properties {
        }
        class FriendDeleteRequest {
            constructor(properties?: linnet.v1.FriendDeleteRequest.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            static encode(message: linnet.v1.FriendDeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendDeleteRequest & linnet.v1.FriendDeleteRequest.$Shape;
        }
        namespace FriendDeleteRequest {
            interface $Properties {
                userId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendDeleteRequest.$Properties;
        }
        interface IFriendUpdateRequest extends linnet.v1.FriendUpdateRequest.$Properties {
        }
        class FriendUpdateRequest {
            constructor(properties?: linnet.v1.FriendUpdateRequest.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            remark: string;
            static encode(message: linnet.v1.FriendUpdateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendUpdateRequest & linnet.v1.FriendUpdateRequest.$Shape;
        }
        namespace FriendUpdateRequest {
            interface $Properties {
                userId?: (string|null);
                remark?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendUpdateRequest.$Properties;
        }
        interface IFriendBlockRequest extends linnet.v1.FriendBlockRequest.$Properties {
        }
        class FriendBlockRequest {
            constructor(properties?: linnet.v1.FriendBlockRequest.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            blocked?: (boolean|null);
            static encode(message: linnet.v1.FriendBlockRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendBlockRequest & linnet.v1.FriendBlockRequest.$Shape;
        }
        namespace FriendBlockRequest {
            interface $Properties {
                userId?: (string|null);
                blocked?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendBlockRequest.$Properties;
        }
        interface ITypingRequest extends linnet.v1.TypingRequest.$Properties {
        }
        class TypingRequest {
            constructor(properties?: linnet.v1.TypingRequest.$Properties);
            $unknowns?: Uint8Array[];
            static encode(message: linnet.v1.TypingRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.TypingRequest & linnet.v1.TypingRequest.$Shape;
        }
        namespace TypingRequest {
            interface $Properties {
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.TypingRequest.$Properties;
        }
        interface ICallSignal extends linnet.v1.CallSignal.$Properties {
        }
        class CallSignal {
            constructor(properties?: linnet.v1.CallSignal.$Properties);
            $unknowns?: Uint8Array[];
            callId: string;
            callType: number;
            mediaType: string;
            sdp: string;
            candidates: string[];
            answerType: number;
            status: number;
            duration: number;
            reason: string;
            ttl: number;
            static encode(message: linnet.v1.CallSignal.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.CallSignal & linnet.v1.CallSignal.$Shape;
        }
        namespace CallSignal {
            interface $Properties {
                callId?: (string|null);
                callType?: (number|null);
                mediaType?: (string|null);
                sdp?: (string|null);
                candidates?: (string[]|null);
                answerType?: (number|null);
                status?: (number|null);
                duration?: (number|null);
                reason?: (string|null);
                ttl?: (number|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.CallSignal.$Properties;
        }
        interface IWideEvent extends linnet.v1.WideEvent.$Properties {
        }
        class WideEvent {
            constructor(properties?: linnet.v1.WideEvent.$Properties);
            $unknowns?: Uint8Array[];
            wide: boolean;
            conversationPts?: (number|Long|null);
            top?: (boolean|null);
            mute?: (boolean|null);
            static encode(message: linnet.v1.WideEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.WideEvent & linnet.v1.WideEvent.$Shape;
        }
        namespace WideEvent {
            interface $Properties {
                wide?: (boolean|null);
                conversationPts?: (number|Long|null);
                top?: (boolean|null);
                mute?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.WideEvent.$Properties;
        }
        interface IConversationCreateRequest extends linnet.v1.ConversationCreateRequest.$Properties {
        }
        class ConversationCreateRequest {
            constructor(properties?: linnet.v1.ConversationCreateRequest.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            static encode(message: linnet.v1.ConversationCreateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationCreateRequest & linnet.v1.ConversationCreateRequest.$Shape;
        }
        namespace ConversationCreateRequest {
            interface $Properties {
                userId?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ConversationCreateRequest.$Properties;
        }
        interface IConversationCreateAnswer extends linnet.v1.ConversationCreateAnswer.$Properties {
        }
        class ConversationCreateAnswer {
            constructor(properties?: linnet.v1.ConversationCreateAnswer.$Properties);
            $unknowns?: Uint8Array[];
            conversationId?: (number|Long|null);
            static encode(message: linnet.v1.ConversationCreateAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationCreateAnswer & linnet.v1.ConversationCreateAnswer.$Shape;
        }
        namespace ConversationCreateAnswer {
            interface $Properties {
                conversationId?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ConversationCreateAnswer.$Properties;
        }
        interface IConversationDeleteRequest extends linnet.v1.ConversationDeleteRequest.$Properties {
        }
        class ConversationDeleteRequest {
            constructor(properties?: linnet.v1.ConversationDeleteRequest.$Properties);
            $unknowns?: Uint8Array[];
            clear: boolean;
            seq?: (number|Long|null);
            static encode(message: linnet.v1.ConversationDeleteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationDeleteRequest & linnet.v1.ConversationDeleteRequest.$Shape;
        }
        namespace ConversationDeleteRequest {
            interface $Properties {
                clear?: (boolean|null);
                seq?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ConversationDeleteRequest.$Properties;
        }
        interface IConversationUpdateRequest extends linnet.v1.ConversationUpdateRequest.$Properties {
        }
        class ConversationUpdateRequest {
            constructor(properties?: linnet.v1.ConversationUpdateRequest.$Properties);
            $unknowns?: Uint8Array[];
            top?: (boolean|null);
            mute?: (boolean|null);
            static encode(message: linnet.v1.ConversationUpdateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.ConversationUpdateRequest & linnet.v1.ConversationUpdateRequest.$Shape;
        }
        namespace ConversationUpdateRequest {
            interface $Properties {
                top?: (boolean|null);
                mute?: (boolean|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.ConversationUpdateRequest.$Properties;
        }
        interface IUserMuteRequest extends linnet.v1.UserMuteRequest.$Properties {
        }
        class UserMuteRequest {
            constructor(properties?: linnet.v1.UserMuteRequest.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            until?: (number|Long|null);
            static encode(message: linnet.v1.UserMuteRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.UserMuteRequest & linnet.v1.UserMuteRequest.$Shape;
        }
        namespace UserMuteRequest {
            interface $Properties {
                userId?: (string|null);
                until?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.UserMuteRequest.$Properties;
        }
        interface IUserSettings extends linnet.v1.UserSettings.$Properties {
        }
        class UserSettings {
            constructor(properties?: linnet.v1.UserSettings.$Properties);
            $unknowns?: Uint8Array[];
            settings: linnet.v1.UserSetting.$Properties[];
            static encode(message: linnet.v1.UserSettings.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.UserSettings & linnet.v1.UserSettings.$Shape;
        }
        namespace UserSettings {
            interface $Properties {
                settings?: (linnet.v1.UserSetting.$Properties[]|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.UserSettings.$Properties;
        }
        interface IUserSetting extends linnet.v1.UserSetting.$Properties {
        }
        class UserSetting {
            constructor(properties?: linnet.v1.UserSetting.$Properties);
            $unknowns?: Uint8Array[];
            key: string;
            value: string;
            static encode(message: linnet.v1.UserSetting.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.UserSetting & linnet.v1.UserSetting.$Shape;
        }
        namespace UserSetting {
            interface $Properties {
                key?: (string|null);
                value?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.UserSetting.$Properties;
        }
        interface ISyncFriendRequest extends linnet.v1.SyncFriendRequest.$Properties {
        }
        class SyncFriendRequest {
            constructor(properties?: linnet.v1.SyncFriendRequest.$Properties);
            $unknowns?: Uint8Array[];
            version?: (number|Long|null);
            limit: number;
            requests: boolean;
            cursor: string;
            static encode(message: linnet.v1.SyncFriendRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.SyncFriendRequest & linnet.v1.SyncFriendRequest.$Shape;
        }
        namespace SyncFriendRequest {
            interface $Properties {
                version?: (number|Long|null);
                limit?: (number|null);
                requests?: (boolean|null);
                cursor?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.SyncFriendRequest.$Properties;
        }
        interface ISyncFriendAnswer extends linnet.v1.SyncFriendAnswer.$Properties {
        }
        class SyncFriendAnswer {
            constructor(properties?: linnet.v1.SyncFriendAnswer.$Properties);
            $unknowns?: Uint8Array[];
            friends: linnet.v1.FriendEntry.$Properties[];
            version?: (number|Long|null);
            final: boolean;
            reset: boolean;
            requests: linnet.v1.FriendRequestEntry.$Properties[];
            cursor: string;
            static encode(message: linnet.v1.SyncFriendAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.SyncFriendAnswer & linnet.v1.SyncFriendAnswer.$Shape;
        }
        namespace SyncFriendAnswer {
            interface $Properties {
                friends?: (linnet.v1.FriendEntry.$Properties[]|null);
                version?: (number|Long|null);
                final?: (boolean|null);
                reset?: (boolean|null);
                requests?: (linnet.v1.FriendRequestEntry.$Properties[]|null);
                cursor?: (string|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.SyncFriendAnswer.$Properties;
        }
        interface IFriendEntry extends linnet.v1.FriendEntry.$Properties {
        }
        class FriendEntry {
            constructor(properties?: linnet.v1.FriendEntry.$Properties);
            $unknowns?: Uint8Array[];
            userId: string;
            nickname: string;
            avatar: string;
            friend: boolean;
            blocked: boolean;
            remark: string;
            deleted: boolean;
            version?: (number|Long|null);
            static encode(message: linnet.v1.FriendEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendEntry & linnet.v1.FriendEntry.$Shape;
        }
        namespace FriendEntry {
            interface $Properties {
                userId?: (string|null);
                nickname?: (string|null);
                avatar?: (string|null);
                friend?: (boolean|null);
                blocked?: (boolean|null);
                remark?: (string|null);
                deleted?: (boolean|null);
                version?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendEntry.$Properties;
        }
        interface IFriendRequestEntry extends linnet.v1.FriendRequestEntry.$Properties {
        }
        class FriendRequestEntry {
            constructor(properties?: linnet.v1.FriendRequestEntry.$Properties);
            $unknowns?: Uint8Array[];
            requestId: string;
            userId: string;
            message: string;
            incoming: boolean;
            createdAt?: (number|Long|null);
            expiresAt?: (number|Long|null);
            static encode(message: linnet.v1.FriendRequestEntry.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): linnet.v1.FriendRequestEntry & linnet.v1.FriendRequestEntry.$Shape;
        }
        namespace FriendRequestEntry {
            interface $Properties {
                requestId?: (string|null);
                userId?: (string|null);
                message?: (string|null);
                incoming?: (boolean|null);
                createdAt?: (number|Long|null);
                expiresAt?: (number|Long|null);
                $unknowns?: Uint8Array[];
            }
            type $Shape = linnet.v1.FriendRequestEntry.$Properties;
        }
    }
}
