// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/scsi.h"

namespace devices {

// "-2" says that the adapter survives a suspension of its partition (H_ENABLE_CRQ). Linux looks for the first name only.
Node ScsiClient::describe() const { return common("v-scsi", "vscsi", {"IBM,v-scsi", "IBM,v-scsi-2"}); }

Node ScsiHost::describe() const { return common("v-scsi-host", "v-scsi-host", {"IBM,v-scsi-host", "IBM,v-scsi-host-2"}); }

}  // namespace devices
